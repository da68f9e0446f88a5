import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { inTemporaryDirectory } from '../temporary-directory';
import { downloadEnvtest, newestArchive } from './envtest-release';

const archive = (version: string, platform: string) => ({
  [`envtest-${version}-${platform}.tar.gz`]: { hash: `hash of ${version}`, selfLink: `https://example.com/${version}` },
});

const index = {
  releases: {
    'v1.33.9': archive('v1.33.9', 'linux-amd64'),
    'v1.34.2': archive('v1.34.2', 'linux-amd64'),
    'v1.34.10': archive('v1.34.10', 'linux-amd64'),
    'v1.34.11-rc.0': archive('v1.34.11-rc.0', 'linux-amd64'),
    'v1.34.12': archive('v1.34.12', 'darwin-arm64'),
  },
};

describe('the newest envtest archive', () => {
  it.each([
    ['by number, not by text, and never a candidate', 'v1.34', 'linux-amd64', 'v1.34.10'],
    ['of the wanted minor', 'v1.33', 'linux-amd64', 'v1.33.9'],
    ['of the platform', 'v1.34', 'darwin-arm64', 'v1.34.12'],
    ['none of a minor without releases', 'v1.3', 'linux-amd64', undefined],
    ['none of a platform without archives', 'v1.34', 'linux-s390x', undefined],
  ])('is the highest %s', (_, minor, platform, version) => {
    expect(newestArchive(index, minor, platform)?.version).toBe(version);
  });
});

describe('an envtest download', () => {
  it('puts the programs of the archive in place, executable', () =>
    inTemporaryDirectory((directory) =>
      withReleaseServer(directory, 'right', async (url) => {
        const cache = join(directory, 'cache');
        await mkdir(cache);
        expect((await downloadEnvtest('v1.34', cache, url)).version).toBe('v1.34.1');
        expect((await readdir(cache)).sort()).toEqual(['etcd', 'kube-apiserver']);
        expect(execFileSync(join(cache, 'etcd'), { encoding: 'utf8' })).toBe('etcd of the archive\n');
      }),
    ));

  it('puts nothing in place when the checksum is wrong', () =>
    inTemporaryDirectory((directory) =>
      withReleaseServer(directory, 'wrong', async (url) => {
        const cache = join(directory, 'cache');
        await mkdir(cache);
        await expect(downloadEnvtest('v1.34', cache, url)).rejects.toThrow(
          /sha512 is [0-9a-f]{128}, the index says 00/,
        );
        expect(await readdir(cache)).toEqual([]);
      }),
    ));
});

/** Serves an index with v1.34.1 for this platform, and its archive. */
async function withReleaseServer(directory: string, checksum: 'right' | 'wrong', work: (url: string) => Promise<void>) {
  const programs = join(directory, 'controller-tools', 'envtest');
  await mkdir(programs, { recursive: true });
  for (const name of ['etcd', 'kube-apiserver']) {
    await writeFile(join(programs, name), `#!/bin/sh\necho ${name} of the archive\n`, { mode: 0o755 });
  }
  const file = join(directory, 'archive.tar.gz');
  execFileSync('tar', ['-czf', file, '-C', directory, 'controller-tools']);
  const content = await readFile(file);
  const hash = checksum === 'right' ? createHash('sha512').update(content).digest('hex') : '0'.repeat(128);
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  let origin = '';
  const server = createServer((request, response) => {
    const entry = { hash, selfLink: `${origin}/archive` };
    const releases = { 'v1.34.1': { [`envtest-v1.34.1-${platform}.tar.gz`]: entry } };
    response.end(request.url === '/archive' ? content : dump({ releases }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the release server has no port');
  origin = `http://127.0.0.1:${address.port}`;
  try {
    await work(`${origin}/index`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
