import { constants } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodePath } from '../../definitions/names/controller';
import { version } from '../../definitions/names/version';
import { layOutAppRoot } from './app-root';
import type { Architecture } from './architecture';
import { fetchPackages } from './debian-packages';
import { layOutDebianRoot } from './debian-root';
import type { ImageCache } from './image-cache';
import type { LockedInputs } from './image-lock';
import { type Layer, writeLayer } from './layer';
import { nodeRuntime } from './node-runtime';
import { blobDirectory, writeOciLayout } from './oci-layout';
import { assertReplaceable } from './output-directory';

/** How the image is built. */
export interface ImageBuild {
  readonly architecture: Architecture;
  /** Source tree with its node_modules. */
  readonly root: string;
  /** What the image is made of beside the program. */
  readonly inputs: LockedInputs;
  /** Directory of the OCI layout; an older layout there is replaced, anything else is left alone. */
  readonly out: string;
  readonly cache: ImageCache;
  readonly environment: NodeJS.ProcessEnv;
  /** Told of each step. */
  readonly log: (line: string) => void;
}

/** An image that was built. */
export interface BuiltImage {
  /** Digest of the manifest. */
  readonly digest: string;
  /** Lowest first. */
  readonly layers: readonly Layer[];
}

/**
 * Builds the image as an OCI layout, without a container engine. It depends on nothing but the sources, the lock and
 * `SOURCE_DATE_EPOCH` (seconds; 0 when not set): the same three give the same digest. The layout appears complete or not at
 * all.
 *
 * @throws PackagesUnavailable, CommandMissing, Error naming the input that is not as locked
 */
export async function buildImage(build: ImageBuild): Promise<BuiltImage> {
  await assertReplaceable(build.out, 'oci-layout');
  await mkdir(dirname(build.out), { recursive: true });
  const layout = await mkdtemp(join(dirname(build.out), '.slipway-image-'));
  const work = await mkdtemp(join(tmpdir(), 'slipway-image-'));
  try {
    await mkdir(blobDirectory(layout), { recursive: true });
    const epoch = sourceDateEpoch(build.environment);
    const layers = await buildLayers(build, work, blobDirectory(layout), epoch);
    const digest = await writeOciLayout(layout, { architecture: build.architecture, version, epoch, layers });
    await rm(build.out, { recursive: true, force: true });
    await rename(layout, build.out);
    return { digest, layers };
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(layout, { recursive: true, force: true });
  }
}

/** What changes most often comes last: a new version of the program shares the layers below it. */
async function buildLayers(build: ImageBuild, work: string, blobs: string, epoch: number): Promise<readonly Layer[]> {
  const { architecture, root, inputs, cache, environment, log } = build;
  const emptyDirectory = (name: string) => mkdtemp(join(work, `${name}-`));

  log(`base: ${inputs.debian.map(({ name, version }) => `${name} ${version}`).join(', ')}`);
  const packages = await fetchPackages(inputs.debian, { architecture, cache: cache.debs, environment });
  const base = await emptyDirectory('base');
  await layOutDebianRoot(packages, base, await emptyDirectory('unpacked'), environment);

  log(`node: ${inputs.node.package} ${inputs.node.version}`);
  const files = await nodeRuntime(inputs.node, { architecture, root, cache: cache.node, environment });
  const node = await emptyDirectory('node');
  await mkdir(join(node, dirname(nodePath)), { recursive: true });
  await copyFile(files.binary, join(node, nodePath), constants.COPYFILE_FICLONE);
  await copyFile(files.license, join(node, dirname(dirname(nodePath)), 'LICENSE'));

  log(`app: slipway ${version}`);
  const app = await emptyDirectory('app');
  await layOutAppRoot(root, app);

  const options = { blobs, epoch, environment };
  return [
    await writeLayer('Debian packages', base, options),
    await writeLayer(`Node ${inputs.node.version}`, node, options),
    await writeLayer(`slipway ${version}`, app, options),
  ];
}

function sourceDateEpoch(environment: NodeJS.ProcessEnv): number {
  const text = environment['SOURCE_DATE_EPOCH'] ?? '0';
  if (!/^\d{1,12}$/.test(text))
    throw new Error(`SOURCE_DATE_EPOCH: ${JSON.stringify(text)} is not a number of seconds since 1970`);
  return Number(text);
}
