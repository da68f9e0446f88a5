import { buildTimeout, goProgram } from '../../../../tools/go-programs';
import { startVersitygw, type Versitygw } from '../../../../storage-servers/versitygw';
import { fetchedFrom } from './s3-fetch';

let server: Versitygw;

beforeAll(async () => {
  await goProgram('versitygw');
  server = await startVersitygw();
}, buildTimeout);
afterAll(() => server.stop());

/** A bucket with objects, each with its own key as content. */
async function bucket(name: string, ...keys: string[]): Promise<void> {
  await server.makeBucket(name);
  for (const key of keys) await server.put(name, key, key);
}

async function filesOf(uri: string, environment = {}): Promise<Readonly<Record<string, string>>> {
  return (await fetchedFrom(server, uri, environment)).files;
}

test('S3 prefix: the files below it come without it', async () => {
  await bucket('prefix', 'bar/models/weights.pt', 'bar/0002.h5', 'bar/a/very/long/path/config.json', 'other/x');
  expect(await filesOf('s3://prefix/bar')).toEqual({
    'models/weights.pt': 'bar/models/weights.pt',
    '0002.h5': 'bar/0002.h5',
    'a/very/long/path/config.json': 'bar/a/very/long/path/config.json',
  });
  expect(Object.keys(await filesOf('s3://prefix/bar/a/'))).toEqual(['very/long/path/config.json']);
});

test.each(['s3://whole', 's3://whole/'])('S3 whole bucket: %s leaves the keys as they are', async (uri) => {
  if (uri === 's3://whole') await bucket('whole', 'a.bin', 'b/c.bin');
  expect(await filesOf(uri)).toEqual({ 'a.bin': 'a.bin', 'b/c.bin': 'b/c.bin' });
});

test('S3 object: it has its base name', async () => {
  await bucket('object', 'path/to/model/name.pt');
  expect(await filesOf('s3://object/path/to/model/name.pt')).toEqual({ 'name.pt': 'path/to/model/name.pt' });
});

test('S3 object in bucket root: it has its name', async () => {
  await bucket('root', 'name.pt', 'other.pt');
  expect(await filesOf('s3://root/name.pt')).toEqual({ 'name.pt': 'name.pt' });
});

test('S3 deep: only what is below the folder is cut off', async () => {
  await bucket('deep', 'test/a/b/model.bin');
  expect(await filesOf('s3://deep/test/a')).toEqual({ 'b/model.bin': 'test/a/b/model.bin' });
});

test('S3 no extension: an object is fetched without those whose names begin like its own (SD-01)', async () => {
  await bucket('churn', 'test/churn-pickle', 'test/churn-pickle-logs', 'test/churn-pickle-report');
  expect(await filesOf('s3://churn/test/churn-pickle')).toEqual({ 'churn-pickle': 'test/churn-pickle' });
});

test('S3 name equals folder: a file may be called like the folder', async () => {
  const folder = 'test/artifacts/model';
  await bucket('same', `${folder}/model.pkl`, `${folder}/a/model.pkl`, `${folder}/conda.yaml`, `${folder}/model/x`);
  expect(await filesOf(`s3://same/${folder}`)).toEqual({
    'model.pkl': `${folder}/model.pkl`,
    'a/model.pkl': `${folder}/a/model.pkl`,
    'conda.yaml': `${folder}/conda.yaml`,
    'model/x': `${folder}/model/x`,
  });
});

test('S3 case of names: letters stay as they are', async () => {
  await bucket('local-model', 'model/MLmodel');
  expect(await filesOf('s3://local-model/model')).toEqual({ MLmodel: 'model/MLmodel' });
});

test('S3 sibling: a prefix never matches siblings (SD-01)', async () => {
  await bucket('siblings', 'model/x', 'model-hf/y', 'model.txt', 'models/z');
  expect(await filesOf('s3://siblings/model')).toEqual({ x: 'model/x' });
});

test('S3 filters: allowed and not ignored files come, an exact object bypasses filters', async () => {
  await bucket('filters', 'm/a.safetensors', 'm/config.json', 'm/a.bin', 'm/sub/b.json');
  const allow = { STORAGE_ALLOW_PATTERNS: '["*.safetensors","*.json"]' };
  expect(Object.keys(await filesOf('s3://filters/m', allow)).sort()).toEqual([
    'a.safetensors',
    'config.json',
    'sub/b.json',
  ]);
  const ignore = { STORAGE_IGNORE_PATTERNS: '["*.bin"]' };
  expect(Object.keys(await filesOf('s3://filters/m', ignore))).not.toContain('a.bin');
  expect(await filesOf('s3://filters/m/a.bin', ignore)).toEqual({ 'a.bin': 'm/a.bin' });
});

test('objects without bytes are files, keys that end in / are not (SD-02)', async () => {
  await bucket('empty', 'm/pkg/model.py');
  await server.put('empty', 'm/', '');
  await server.put('empty', 'm/marker/', '');
  await server.put('empty', 'm/pkg/__init__.py', '');
  expect(await filesOf('s3://empty/m')).toEqual({ 'pkg/model.py': 'm/pkg/model.py', 'pkg/__init__.py': '' });
  expect(await filesOf('s3://empty/m/pkg/__init__.py')).toEqual({ '__init__.py': '' });
});

test('names with spaces, signs of URLs and letters of any language arrive as they are', async () => {
  const names = [
    'a b.bin',
    'c+d.bin',
    '100%.bin',
    'é😀.bin',
    "q?x=1&y#z(1)*!'.bin",
    'dir with space/日本.bin',
    'a%20b',
  ];
  await bucket('names', ...names.map((name) => `m/${name}`));
  const files = await filesOf('s3://names/m');
  expect(files).toEqual(Object.fromEntries(names.map((name) => [name, `m/${name}`])));
  expect(await filesOf('s3://names/m/a b.bin')).toEqual({ 'a b.bin': 'm/a b.bin' });
  expect(await filesOf('s3://names/m/a%20b')).toEqual({ 'a%20b': 'm/a%20b' });
});

test('more than a page of keys is fetched, and a page of siblings hides nothing (SD-01)', async () => {
  await server.makeBucket('many');
  const put = (keys: string[]) => Promise.all(keys.map((key) => server.put('many', key, key)));
  for (let from = 0; from < 1100; from += 50) {
    await put(Array.from({ length: 50 }, (_, index) => `m/${from + index}`));
    await put(Array.from({ length: 50 }, (_, index) => `m-sibling-${from + index}`));
  }
  const files = await filesOf('s3://many/m');
  expect(Object.keys(files)).toHaveLength(1100);
  expect(files['1099']).toBe('m/1099');
}, 60_000);

test('a public bucket is read without credentials', async () => {
  await bucket('public', 'm/x');
  await server.makePublic('public');
  const environment = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', awsAnonymousCredential: 'True' };
  expect(await filesOf('s3://public/m', environment)).toEqual({ x: 'm/x' });
});

test('where listing is denied, an object is fetched by its name', async () => {
  await bucket('unlisted', 'm/x');
  await server.makePublic('unlisted', { list: false });
  const environment = { awsAnonymousCredential: 'true' };
  expect(await filesOf('s3://unlisted/m/x', environment)).toEqual({ x: 'm/x' });
  await expect(filesOf('s3://unlisted/m', environment)).rejects.toThrow(
    "Access denied to S3 resource 's3://unlisted/m'. Verify permissions. (AccessDenied: Access Denied.)",
  );
});

test('a large object is fetched in ranges, its parts are verified', async () => {
  await server.makeBucket('large');
  const piece = Buffer.alloc(1024 * 1024, 'model');
  const pieces = function* () {
    for (let index = 0; index < 66; index += 1) yield piece;
  };
  await server.put('large', 'parts', pieces(), { partSize: 8 * 1024 * 1024, checksum: 'crc32' });
  const { files, log } = await fetchedFrom(server, 's3://large/parts');
  expect(files['parts']?.length).toBe(66 * piece.length);
  expect(log.filter((line) => line.includes('WARNING'))).toEqual([]);
}, 30_000);
