import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PackagesUnavailable, withApt } from './apt';
import type { Architecture } from './architecture';
import type { LockedPackage } from './image-lock';
import { sha256OfFile } from './file-digest';

/** Where packages are looked for and kept. */
export interface PackageSource {
  readonly architecture: Architecture;
  /** Directory that keeps them between builds. */
  readonly cache: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** A package that is on this machine, with the content that the lock asks for. */
export interface PresentPackage extends LockedPackage {
  /** Path of its file. */
  readonly file: string;
}

/**
 * Brings the locked packages to this machine: from the cache, else from apt's sources.
 *
 * @throws PackagesUnavailable saying what to do, when one is neither in the cache nor offered
 */
export async function fetchPackages(
  locked: readonly LockedPackage[],
  source: PackageSource,
): Promise<readonly PresentPackage[]> {
  const wanted = locked.map((one) => ({ ...one, file: join(source.cache, basename(one.pool)) }));
  const present = await Promise.all(wanted.map(isPresent));
  const missing = wanted.filter((_, index) => present[index] !== true);
  if (missing.length > 0) await download(missing, source);
  return wanted;
}

/** A file with other content, one that was cut off for example, counts as missing and is replaced. */
async function isPresent({ file, sha256 }: PresentPackage): Promise<boolean> {
  return (await sha256OfFile(file).catch(() => undefined)) === sha256;
}

async function download(missing: readonly PresentPackage[], { architecture, cache, environment }: PackageSource) {
  await mkdir(cache, { recursive: true });
  // Inside the cache, so that each file gets its place by a rename: complete or not at all.
  const unfinished = await mkdtemp(join(cache, '.download-'));
  try {
    await withApt(architecture, environment, (apt) => apt.download(missing, unfinished));
    const names = await readdir(unfinished);
    const got = new Map<string, string>();
    for (const name of names) got.set(await sha256OfFile(join(unfinished, name)), join(unfinished, name));
    for (const { name, version, sha256, file } of missing) {
      const downloaded = got.get(sha256);
      if (downloaded === undefined)
        throw new PackagesUnavailable(`what apt downloaded as ${name}=${version} has not SHA-256 ${sha256}`);
      await rename(downloaded, file);
    }
  } catch (error) {
    throw withAdvice(error, missing, cache);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

function withAdvice(error: unknown, missing: readonly PresentPackage[], cache: string): unknown {
  if (!(error instanceof PackagesUnavailable)) return error;
  const files = missing.map(({ pool, sha256 }) => `  ${pool}  sha256 ${sha256}`).join('\n');
  return new PackagesUnavailable(
    `fetching Debian packages for the image: ${error.message}\n` +
      "if the sources can't be reached: look at the network and at apt's proxy\n" +
      'if they have other versions by now: npm run image -- --update-lock\n' +
      `or put these files, from a mirror or a snapshot of the archive, into ${cache}:\n${files}`,
    error,
  );
}
