import { mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openLocalSource } from '../../../../../controllers/storage-initializer/sources/local/local-source';
import { StorageError } from '../../../../../controllers/storage-initializer/storage-error';
import { bundledProgram } from '../../../../program/bundled-program';
import { runToEnd } from '../../../registry-sync/controller-process';
import { tarOf } from '../../archive/tar-bytes';
import { zipOf } from '../../archive/zip-bytes';
import { fetched, fetchedInto, treeOf } from '../../fetched-tree';

describe('a local path', () => {
  let volume: string;
  beforeEach(() => {
    volume = mkdtempSync(join(tmpdir(), 'slipway-volume-'));
  });
  afterEach(() => rmSync(volume, { recursive: true, force: true }));

  function write(path: string, content: string | Buffer = path): string {
    mkdirSync(dirname(join(volume, path)), { recursive: true });
    writeFileSync(join(volume, path), content);
    return join(volume, path);
  }

  test('of a directory: every entry that is not hidden is linked, none is copied', async () => {
    write('model/config.json');
    write('model/weights/part.bin');
    write('model/.git/HEAD');
    for (const uri of [`file://${volume}/model`, `file://${volume}/model/`, `${volume}/model`]) {
      expect((await fetched(openLocalSource, uri)).files).toEqual({
        'config.json': `-> ${volume}/model/config.json`,
        weights: `-> ${volume}/model/weights`,
      });
    }
  });

  test('of a file: it is linked under its name', async () => {
    const path = write('a b/model%20.bin');
    expect((await fetched(openLocalSource, `file://${path}`)).files).toEqual({ 'model%20.bin': `-> ${path}` });
  });

  test('the destination may be there or not', async () => {
    const path = write('model.bin');
    const destination = join(volume, 'mnt', 'models');
    const { files } = await fetchedInto(destination, openLocalSource, `file://${path}`);
    expect(files).toEqual({ 'model.bin': `-> ${path}` });
  });

  test('what is in the destination already is kept and said, also a link that leads to nothing', async () => {
    write('model/config.json');
    write('model/model.bin');
    write('destination/config.json', 'mine');
    symlinkSync('/nowhere', join(volume, 'destination', 'model.bin'));
    const destination = join(volume, 'destination');
    const { files, log } = await fetchedInto(destination, openLocalSource, `file://${volume}/model`);
    expect(files).toEqual({ 'config.json': 'mine', 'model.bin': '-> /nowhere' });
    expect(log.join('\n')).toContain(`INFO File ${destination}/config.json already exist`);
  });

  test('patterns choose among the entries by their names', async () => {
    write('model/a.safetensors');
    write('model/b.bin');
    write('model/config.json');
    const environment = { STORAGE_ALLOW_PATTERNS: '*.safetensors,*.bin', STORAGE_IGNORE_PATTERNS: '*.bin' };
    const { files } = await fetched(openLocalSource, `file://${volume}/model`, { environment });
    expect(Object.keys(files)).toEqual(['a.safetensors']);
  });

  test('a single archive is unpacked, and no link to it remains', async () => {
    write('tar/model.tar.gz', tarOf({ name: 'model.bin', body: 'weights' }));
    write('zip/model.zip', zipOf({ name: 'a/model.bin', body: 'weights' }));
    expect((await fetched(openLocalSource, `file://${volume}/tar`)).files).toEqual({ 'model.bin': 'weights' });
    expect((await fetched(openLocalSource, `file://${volume}/zip/model.zip`)).files).toEqual({
      'a/model.bin': 'weights',
    });
    expect(await treeOf(join(volume, 'zip'))).toHaveProperty(['model.zip']);
  });

  test('an archive beside other files is a file, and so is a directory with the name of one', async () => {
    write('model/model.zip', 'no zip');
    write('model/config.json');
    mkdirSync(join(volume, 'only', 'directory.zip'), { recursive: true });
    expect(Object.keys((await fetched(openLocalSource, `file://${volume}/model`)).files)).toEqual([
      'config.json',
      'model.zip',
    ]);
    expect((await fetched(openLocalSource, `file://${volume}/only`)).files).toEqual({
      'directory.zip': `-> ${volume}/only/directory.zip`,
    });
  });

  test('a broken archive and an empty one are errors', async () => {
    write('broken/model.tar', 'no tar');
    write('empty/model.tar', tarOf());
    await expect(fetched(openLocalSource, `file://${volume}/broken`)).rejects.toThrow(
      'Failed to unpack archive file. The file format is not valid.',
    );
    const empty = `file://${volume}/empty/model.tar`;
    await expect(fetched(openLocalSource, empty)).rejects.toThrow(`Failed to fetch model. No model found in ${empty}.`);
  });

  test('limits of archives come from the environment (SD-04)', async () => {
    write('model.tar', tarOf({ name: 'a', body: 'x'.repeat(100) }));
    const environment = { STORAGE_ARCHIVE_MAX_BYTES: '99' };
    await expect(fetched(openLocalSource, `file://${volume}/model.tar`, { environment })).rejects.toThrow(
      'unpacks to more than 99 bytes',
    );
    await expect(
      fetched(openLocalSource, `file://${volume}/model.tar`, { environment: { STORAGE_ARCHIVE_MAX_RATIO: 'high' } }),
    ).rejects.toThrow('STORAGE_ARCHIVE_MAX_RATIO');
  });

  test('nothing there, or nothing left: KServe says so in these words', async () => {
    mkdirSync(join(volume, 'empty'));
    write('hidden/.model');
    for (const [path, message] of [
      ['missing', `Local path file://${volume}/missing does not exist.`],
      ['empty', `Failed to fetch model. No model found in file://${volume}/empty.`],
      ['hidden', `Failed to fetch model. No model found in file://${volume}/hidden.`],
    ]) {
      await expect(fetched(openLocalSource, `file://${volume}/${path}`)).rejects.toEqual(
        new StorageError('not-found', message ?? ''),
      );
    }
  });

  test('the program links a path with and without scheme, and knows what is for others', async () => {
    const { program, remove } = await bundledProgram();
    const path = write('model/config.json');
    const run = (...args: string[]) => runToEnd(program, ['storage-initializer', ...args]);
    const [a, b, c] = [join(volume, 'a'), join(volume, 'b'), join(volume, 'c')];
    try {
      expect(await run(`file://${volume}/model`, a, join(volume, 'model'), b)).toMatchObject({ code: '0' });
      expect([readlinkSync(join(a, 'config.json')), readlinkSync(join(b, 'config.json'))]).toEqual([path, path]);
      expect(await run('/mnt/models/of-an-agent', c)).toMatchObject({ code: '0' });
      expect(await treeOf(c)).toEqual({});
      const missing = await run('/mnt/pvc/missing', c);
      expect(missing.code).toBe('1');
      expect(missing.output.trimEnd().split('\n').at(-1)).toBe(
        'Storage initialization failed: Cannot locate source uri /mnt/pvc/missing for PVC',
      );
    } finally {
      await remove();
    }
  });
});
