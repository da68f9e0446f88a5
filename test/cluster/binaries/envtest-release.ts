import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import * as z from 'zod';

const run = promisify(execFile);

/** Index of the envtest archives that the Kubernetes project publishes, with their SHA-512. */
const publicIndex = 'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml';

const indexSchema = z.object({
  releases: z.record(z.string(), z.record(z.string(), z.object({ hash: z.string(), selfLink: z.url() }))),
});

/** An archive of etcd and kube-apiserver for one platform. */
export interface EnvtestArchive {
  readonly version: string;
  readonly url: string;
  /** SHA-512, hexadecimal. */
  readonly sha512: string;
}

/** The newest patch release of a Kubernetes minor (`v1.34`) for a platform (`linux-amd64`), if the index has one. */
export function newestArchive(index: unknown, minor: string, platform: string): EnvtestArchive | undefined {
  const { releases } = indexSchema.parse(index);
  const stable = new RegExp(`^${minor.replace('.', '\\.')}\\.(\\d+)$`);
  const patches = Object.entries(releases)
    .map(([version, archives]) => ({ version, archives, patch: Number(stable.exec(version)?.[1] ?? -1) }))
    .filter(({ patch }) => patch >= 0)
    .sort((a, b) => b.patch - a.patch);
  for (const { version, archives } of patches) {
    const archive = archives[`envtest-${version}-${platform}.tar.gz`];
    if (archive) return { version, url: archive.selfLink, sha512: archive.hash };
  }
  return undefined;
}

/**
 * Downloads the newest archive of a Kubernetes minor and puts its programs into `directory`, each by atomic rename.
 *
 * @param index where the list of archives is; default: the Kubernetes project's
 * @throws when the network, the platform or a wrong checksum forbids it; nothing is put in place then
 */
export async function downloadEnvtest(minor: string, directory: string, index = publicIndex): Promise<EnvtestArchive> {
  // Offline machines must fall through to `go build` fast, so only the index has a short limit.
  const archive = newestArchive(load((await fetchBytes(index, 3_000)).toString('utf8')), minor, platform());
  if (archive === undefined) throw new Error(`${index} has no kubernetes ${minor} for ${platform()}`);
  const content = await fetchBytes(archive.url, 120_000);
  const sha512 = createHash('sha512').update(content).digest('hex');
  if (sha512 !== archive.sha512) {
    throw new Error(`downloading ${archive.url}: sha512 is ${sha512}, the index says ${archive.sha512}`);
  }
  const unpacked = await mkdtemp(join(directory, '.envtest-'));
  try {
    const file = join(unpacked, 'archive.tar.gz');
    await writeFile(file, content);
    await run('tar', ['-xzf', file, '-C', unpacked, '--strip-components=2']);
    await rm(file);
    for (const program of await readdir(unpacked)) await rename(join(unpacked, program), join(directory, program));
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
  return archive;
}

async function fetchBytes(url: string, milliseconds: number): Promise<Buffer> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(milliseconds) });
  if (!answer.ok) throw new Error(`downloading ${url}: status ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

function platform(): string {
  const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64' };
  return `${process.platform}-${architectures[process.arch] ?? process.arch}`;
}
