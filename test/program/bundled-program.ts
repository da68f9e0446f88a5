import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../controllers/image/bundle';

/** The program as it is in the image. */
export interface BundledProgram {
  /** Path of the file that Node runs. */
  readonly program: string;
  /** Takes its files away. */
  readonly remove: () => Promise<void>;
}

/** Environment variable with the path of the program that a jest run has bundled for all of its files. */
export const programVariable = 'SLIPWAY_TEST_PROGRAM';

/** The program of this jest run; outside of one it is bundled here. */
export async function bundledProgram(): Promise<BundledProgram> {
  const shared = process.env[programVariable];
  if (shared !== undefined) return { program: shared, remove: () => Promise.resolve() };
  return makeProgram();
}

/** Bundles the program into a temporary directory. */
export async function makeProgram(): Promise<BundledProgram> {
  const outDir = await mkdtemp(join(tmpdir(), 'slipway-bundle-'));
  const { program } = await bundle({ outDir, minify: true });
  return { program, remove: () => rm(outDir, { recursive: true, force: true }) };
}
