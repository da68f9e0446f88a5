import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PackagesUnavailable } from '../../../controllers/image/apt';
import { fetchPackages } from '../../../controllers/image/debian-packages';

const locked = {
  name: 'libc6',
  version: '2.36-9',
  pool: 'pool/main/g/glibc/libc6_2.36-9_amd64.deb',
  sha256: createHash('sha256').update('content').digest('hex'),
};

describe('Debian packages on a machine without apt', () => {
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'slipway-debs-'));
  });
  afterEach(() => rm(cache, { recursive: true, force: true }));

  const fetch = () => fetchPackages([locked], { architecture: 'amd64', cache, environment: { PATH: '/nonexistent' } });

  it('come from the cache', async () => {
    const file = join(cache, 'libc6_2.36-9_amd64.deb');
    await writeFile(file, 'content');
    expect(await fetch()).toEqual([{ ...locked, file }]);
  });

  it('are not taken from the cache when their content is another one', async () => {
    await writeFile(join(cache, 'libc6_2.36-9_amd64.deb'), 'cut off');
    await expect(fetch()).rejects.toThrow(PackagesUnavailable);
  });

  it('are asked for by name, content and place, and leave nothing half-done', async () => {
    const failing = fetch();
    await expect(failing).rejects.toThrow(/apt-get: it is not installed/);
    await expect(failing).rejects.toThrow(/npm run image -- --update-lock/);
    await expect(failing).rejects.toThrow(`into ${cache}:\n  ${locked.pool}  sha256 ${locked.sha256}`);
    expect(await readdir(cache)).toEqual([]);
  });
});
