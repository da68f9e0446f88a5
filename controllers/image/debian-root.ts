import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './command';
import type { PresentPackage } from './debian-packages';
import { isKept } from './kept-files';
import { home, user } from './nonroot-user';

/** Where programs look for the authorities they trust. */
export const caBundle = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Lays out the root of the base layer: the kept files of the packages, the trusted authorities in one file, the user, and
 * the records by which scanners know the packages.
 *
 * @param directory empty; becomes the root
 * @param scratch empty; holds the unpacked packages
 */
export async function layOutDebianRoot(
  packages: readonly PresentPackage[],
  directory: string,
  scratch: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  for (const { name, file } of packages) {
    await run('dpkg-deb', ['--extract', file, scratch], { environment });
    const control = await run('dpkg-deb', ['--field', file], { environment });
    await write(directory, `/var/lib/dpkg/status.d/${name}`, control);
  }
  for (const path of await filesBelow(scratch)) {
    if (!isKept(path)) continue;
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await cp(join(scratch, path), join(directory, path), { verbatimSymlinks: true });
  }
  await write(directory, caBundle, await authorities(join(scratch, 'usr/share/ca-certificates/mozilla')));
  for (const [path, text] of Object.entries(accountFiles)) await write(directory, path, text);
  await mkdir(join(directory, home), { recursive: true });
  await mkdir(join(directory, 'tmp'));
  await chmod(join(directory, 'tmp'), 0o1777);
}

/** Without nsswitch.conf some programs ask DNS before they look into /etc/hosts. */
const accountFiles = {
  '/etc/passwd': `root:x:0:0:root:/root:/sbin/nologin\n${user.name}:x:${user.id}:${user.id}:${user.name}:${home}:/sbin/nologin\n`,
  '/etc/group': `root:x:0:\n${user.name}:x:${user.id}:\n`,
  '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
};

async function write(directory: string, path: string, text: string): Promise<void> {
  const file = join(directory, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** Files and symbolic links below a directory, relative to it. */
async function filesBelow(directory: string, prefix = ''): Promise<readonly string[]> {
  const entries = await readdir(join(directory, prefix), { withFileTypes: true });
  const nested = entries.map(async (entry) => {
    const path = join(prefix, entry.name);
    return entry.isDirectory() ? await filesBelow(directory, path) : [path];
  });
  return (await Promise.all(nested)).flat();
}

/** What update-ca-certificates makes when a machine is installed, with an order that no locale changes. */
async function authorities(directory: string): Promise<string> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.crt')).sort();
  if (names.length === 0) throw new Error('joining the trusted authorities: the package ca-certificates has none');
  const certificates = names.map((name) => readFile(join(directory, name), 'utf8'));
  return (await Promise.all(certificates)).map((text) => `${text.trimEnd()}\n`).join('');
}
