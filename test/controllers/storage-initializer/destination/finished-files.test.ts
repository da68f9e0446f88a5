import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FinishedFiles } from '../../../../controllers/storage-initializer/destination/finished-files';

describe('the journal of finished files', () => {
  let directory: string;
  let journal: string;
  const file = { path: 'a/model.bin', name: 'bucket/a/model.bin', size: 5, version: '"etag"' };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'slipway-finished-'));
    journal = join(directory, 'finished');
    writeFileSync(join(directory, 'model.bin'), 'bytes');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const noted = (...files: (typeof file)[]) => {
    const finished = FinishedFiles.open(journal);
    for (const one of files) finished.add(one, 5);
    finished.close();
    return FinishedFiles.open(journal);
  };
  const sizeOf = (finished: FinishedFiles, wanted = file, name = 'model.bin') => {
    const size = finished.sizeOf(wanted, join(directory, name));
    finished.close();
    return size;
  };

  it('knows a file that a run before has finished', () => {
    expect(sizeOf(noted(file))).toBe(5);
  });

  it('does not know a file of this run: it is asked for once', () => {
    const finished = FinishedFiles.open(journal);
    finished.add(file, 5);
    expect(sizeOf(finished)).toBeUndefined();
  });

  it.each([
    ['version', { ...file, version: '"other"' }],
    ['size', { ...file, size: 6 }],
    ['name at the source', { ...file, name: 'bucket/b' }],
  ])('does not take a file of another %s for it', (_what, other) => {
    expect(sizeOf(noted(file), other)).toBeUndefined();
  });

  it('does not trust a file that has another length on disk, or is gone', () => {
    writeFileSync(join(directory, 'model.bin'), 'byt');
    expect(sizeOf(noted(file))).toBeUndefined();
    expect(sizeOf(noted(file), file, 'gone')).toBeUndefined();
  });

  it('believes the last record of a file that was fetched twice', () => {
    const anew = { ...file, version: '"anew"' };
    expect(sizeOf(noted(file, anew), anew)).toBe(5);
    expect(sizeOf(FinishedFiles.open(journal), file)).toBeUndefined();
  });

  it('passes over half a record, which a killed process has left, and goes on behind it', () => {
    noted(file).close();
    appendFileSync(journal, Buffer.alloc(11, 1));
    const second = { ...file, path: 'b', name: 'b' };
    expect(sizeOf(noted(second))).toBe(5);
    expect(sizeOf(FinishedFiles.open(journal), second)).toBe(5);
  });

  it('keeps a million files in 24 MB and finds each of them', () => {
    const finished = FinishedFiles.open(journal);
    for (let index = 0; index < 100_000; index += 1) finished.add({ ...file, path: `p${index}`, name: `n${index}` }, 5);
    finished.close();
    const again = FinishedFiles.open(journal);
    expect(again.count).toBe(100_000);
    for (let index = 0; index < 100_000; index += 9_973) {
      expect(again.sizeOf({ ...file, path: `p${index}`, name: `n${index}` }, join(directory, 'model.bin'))).toBe(5);
      expect(again.has(`p${index}`)).toBe(true);
      expect(again.has(`q${index}`)).toBe(false);
    }
    again.close();
  });
});
