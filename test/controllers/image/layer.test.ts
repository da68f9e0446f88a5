import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Layer, writeLayer } from '../../../controllers/image/layer';

describe('a layer', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'slipway-layer-'));
    await mkdir(join(directory, 'blobs'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const pack = (source: string, epoch = 0): Promise<Layer> =>
    writeLayer('test', source, { blobs: join(directory, 'blobs'), epoch, environment: process.env });

  it('is the same for the same content, whatever the order, time, umask and links it was made with', async () => {
    const first = join(directory, 'first');
    await mkdir(join(first, 'bin'), { recursive: true });
    await writeFile(join(first, 'bin', 'run'), 'x', { mode: 0o755 });
    await writeFile(join(first, 'b'), 'b');
    await writeFile(join(first, 'a'), 'b');

    const second = join(directory, 'a-longer-name', 'second');
    await mkdir(join(second, 'bin'), { recursive: true, mode: 0o700 });
    await writeFile(join(second, 'a'), 'b', { mode: 0o600 });
    await link(join(second, 'a'), join(second, 'b'));
    await writeFile(join(second, 'bin', 'run'), 'x', { mode: 0o700 });
    await utimes(join(second, 'bin', 'run'), 1_700_000_000, 1_700_000_000);

    expect(await pack(second)).toEqual(await pack(first));
  });

  it('belongs to root, keeps links, lets everybody read and only root write, save in sticky directories', async () => {
    const source = join(directory, 'source');
    await mkdir(join(source, 'tmp'), { recursive: true });
    await chmod(join(source, 'tmp'), 0o1777);
    await writeFile(join(source, 'open'), '', { mode: 0o666 });
    await writeFile(join(source, 'program'), '', { mode: 0o4755 });
    await symlink('/open', join(source, 'link'));
    const { sha256 } = await pack(source, 86_400);

    const listing = execFileSync(
      'tar',
      [
        '--list',
        '--verbose',
        '--gzip',
        '--numeric-owner',
        '--full-time',
        '--utc',
        '--file',
        join(directory, 'blobs', sha256),
      ],
      { encoding: 'utf8' },
    );
    expect(
      listing
        .trim()
        .split('\n')
        .map((line) => line.replace(/ +/g, ' ')),
    ).toEqual([
      'lrwxrwxrwx 0/0 0 1970-01-02 00:00:00 link -> /open',
      '-rw-r--r-- 0/0 0 1970-01-02 00:00:00 open',
      '-rwxr-xr-x 0/0 0 1970-01-02 00:00:00 program',
      'drwxrwxrwt 0/0 0 1970-01-02 00:00:00 tmp/',
    ]);
  });

  it('names its sizes', async () => {
    const source = join(directory, 'source');
    await mkdir(source);
    await writeFile(join(source, 'zeros'), Buffer.alloc(100_000));
    const { size, unpackedSize } = await pack(source);
    expect(unpackedSize).toBeGreaterThan(100_000);
    expect(size).toBeLessThan(1_000);
  });
});
