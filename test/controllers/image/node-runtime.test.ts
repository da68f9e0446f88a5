import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Architecture, nodePackages } from '../../../controllers/image/architecture';
import { sha256OfFile } from '../../../controllers/image/file-digest';
import { type NodeSource, nodeRuntime } from '../../../controllers/image/node-runtime';

/** One that no machine of ours has, so that the package is looked for in the cache. */
const foreign: Architecture = process.arch === 'arm64' ? 'amd64' : 'arm64';

describe("Node of another architecture than the machine's", () => {
  let cache: string;
  let source: NodeSource;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'slipway-node-'));
    source = { architecture: foreign, root: '/nonexistent', cache, environment: {} };
    await mkdir(join(cache, `${nodePackages[foreign]}-1.2.3`, 'bin'), { recursive: true });
    await writeFile(file('bin', 'node'), 'binary');
    await writeFile(file('LICENSE'), 'license');
  });
  afterEach(() => rm(cache, { recursive: true, force: true }));

  const file = (...names: string[]) => join(cache, `${nodePackages[foreign]}-1.2.3`, ...names);
  const locked = async () => ({
    package: nodePackages[foreign],
    version: '1.2.3',
    binary: await sha256OfFile(file('bin', 'node')),
    license: await sha256OfFile(file('LICENSE')),
  });

  it('comes from the cache when it is the locked one', async () => {
    expect(await nodeRuntime(await locked(), source)).toEqual({
      binary: file('bin', 'node'),
      license: file('LICENSE'),
    });
  });

  it('is refused when it is not', async () => {
    const lock = await locked();
    await writeFile(file('bin', 'node'), 'changed');
    await expect(nodeRuntime(lock, source)).rejects.toThrow(
      new RegExp(`bin/node has SHA-256 .*, locked is ${lock.binary}`),
    );
  });
});
