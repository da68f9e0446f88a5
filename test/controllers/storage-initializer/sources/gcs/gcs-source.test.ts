import { gzipSync } from 'node:zlib';
import { openGcsSource } from '../../../../../controllers/storage-initializer/sources/gcs/gcs-source';
import { startFakeGcsServer, type FakeGcsServer } from '../../../../storage-servers/fake-gcs-server';
import { startGate, type GateDecision, type GateRequest } from '../../../../storage-servers/gate';
import { buildTimeout } from '../../../../tools/go-programs';
import { fetched } from '../../fetched-tree';

let server: FakeGcsServer;
let count = 0;

beforeAll(async () => {
  server = await startFakeGcsServer();
}, buildTimeout);

afterAll(async () => {
  await server.close();
});

/** A bucket of its own with objects. */
async function bucketWith(objects: Readonly<Record<string, string>>): Promise<string> {
  count += 1;
  const bucket = `models-${count}`;
  await server.makeBucket(bucket);
  await server.putAll(bucket, objects);
  return bucket;
}

const fetchFrom = (uri: string, environment: Readonly<Record<string, string>> = {}) =>
  fetched(openGcsSource, uri, { environment: { STORAGE_EMULATOR_HOST: server.url, ...environment } });

/** Fetches with something that happens on the way to the server. */
async function fetchThrough(decide: (request: GateRequest) => GateDecision | Promise<GateDecision>, uri: string) {
  const gate = await startGate(decide, server.url);
  try {
    return { ...(await fetched(openGcsSource, uri, { environment: { STORAGE_EMULATOR_HOST: gate.url } })), gate };
  } finally {
    await gate.close();
  }
}

const isMedia = ({ url }: GateRequest) => url.includes('alt=media');

describe('what a gs:// URI becomes', () => {
  test('a folder with a file: the file', async () => {
    const bucket = await bucketWith({ 'model/weights.bin': 'weights' });
    expect((await fetchFrom(`gs://${bucket}/model`)).files).toEqual({ 'weights.bin': 'weights' });
    expect((await fetchFrom(`gs://${bucket}/model/`)).files).toEqual({ 'weights.bin': 'weights' });
  });

  test('a nested folder: the tree below it', async () => {
    const bucket = await bucketWith({ 'a/b/c.bin': '1', 'a/b/d/e.json': '2', 'a/x': '3' });
    expect((await fetchFrom(`gs://${bucket}/a/b`)).files).toEqual({ 'c.bin': '1', 'd/e.json': '2' });
  });

  test('a bucket: everything in it', async () => {
    const bucket = await bucketWith({ 'a/b.bin': '1', c: '2' });
    expect((await fetchFrom(`gs://${bucket}`)).files).toEqual({ 'a/b.bin': '1', c: '2' });
    expect((await fetchFrom(`gs://${bucket}/`)).files).toEqual({ 'a/b.bin': '1', c: '2' });
  });

  test('a single object: its base name, whatever the patterns are', async () => {
    const bucket = await bucketWith({ 'path/to/model.bin': 'model', 'root.bin': 'root' });
    const environment = { STORAGE_ALLOW_PATTERNS: '*.json' };
    expect((await fetchFrom(`gs://${bucket}/path/to/model.bin`, environment)).files).toEqual({ 'model.bin': 'model' });
    expect((await fetchFrom(`gs://${bucket}/root.bin`)).files).toEqual({ 'root.bin': 'root' });
  });

  test('an empty folder is an error', async () => {
    const bucket = await bucketWith({ 'empty/': '', 'other/x': '1' });
    for (const path of ['empty', 'empty/', 'nothing', 'other/x/']) {
      const uri = `gs://${bucket}/${path}`;
      await expect(fetchFrom(uri)).rejects.toThrow(`Failed to fetch model. No model found in ${uri}.`);
    }
  });

  test('a prefix never matches siblings (SD-01)', async () => {
    const bucket = await bucketWith({ 'model/x': 'ours', 'model-hf/y': 'theirs', 'model.txt': 'theirs' });
    expect((await fetchFrom(`gs://${bucket}/model`)).files).toEqual({ x: 'ours' });
  });

  test('objects of zero length are files, markers of directories are not (SD-02)', async () => {
    const bucket = await bucketWith({
      'm/': '',
      'm/__init__.py': '',
      'm/sub/': '',
      'm/sub/x': '1',
      'm/dir': '',
      'm/dir-2': '',
      'm/dir/y': '2',
    });
    expect((await fetchFrom(`gs://${bucket}/m`)).files).toEqual({
      '__init__.py': '',
      'sub/x': '1',
      'dir-2': '',
      'dir/y': '2',
    });
  });

  test('patterns choose among the files of a folder', async () => {
    const bucket = await bucketWith({ 'm/a.json': '1', 'm/b.bin': '2', 'm/c.safetensors': '3' });
    const environment = { STORAGE_ALLOW_PATTERNS: '["*.json", "*.bin"]', STORAGE_IGNORE_PATTERNS: '*.bin' };
    expect((await fetchFrom(`gs://${bucket}/m`, environment)).files).toEqual({ 'a.json': '1' });
  });

  test('names are taken as they are', async () => {
    const objects = { 'm/a b.bin': '1', 'm/50%25.bin': '2', 'm/q?x=1#y.bin': '3', 'm/größe+1.bin': '4' };
    const bucket = await bucketWith(objects);
    const expected = Object.fromEntries(Object.entries(objects).map(([name, text]) => [name.slice(2), text]));
    expect((await fetchFrom(`gs://${bucket}/m`)).files).toEqual(expected);
  });

  test('a listing of several pages is read to its end', async () => {
    const names = Array.from({ length: 1_101 }, (_, at) => `m/${String(at).padStart(5, '0')}`);
    const bucket = await bucketWith(Object.fromEntries(names.map((name) => [name, name])));
    const { files, gate } = await fetchThrough(() => 'pass', `gs://${bucket}/m`);
    expect(Object.keys(files)).toHaveLength(1_101);
    expect(gate.requests.filter((request) => request.url.includes('pageToken='))).toHaveLength(1);
  }, 60_000);

  test('a URI without a bucket is refused', async () => {
    await expect(fetchFrom('gs:///model')).rejects.toThrow('GCS error: gs:///model has no bucket');
  });
});

describe('objects that are stored with gzip', () => {
  test('arrive decompressed, as the model server expects them', async () => {
    const bucket = await bucketWith({ 'm/plain.json': '{"plain":true}' });
    const text = JSON.stringify({ compressed: 'x'.repeat(10_000) });
    await server.put(bucket, 'm/packed.json', gzipSync(text), { contentEncoding: 'gzip' });
    const { files } = await fetchFrom(`gs://${bucket}/m`);
    expect(files).toEqual({ 'plain.json': '{"plain":true}', 'packed.json': text });
  });

  test('of which one is named arrive decompressed too', async () => {
    const bucket = await bucketWith({});
    await server.put(bucket, 'packed.json', gzipSync('content'), { contentEncoding: 'gzip' });
    expect((await fetchFrom(`gs://${bucket}/packed.json`)).files).toEqual({ 'packed.json': 'content' });
  });

  test('of which the body is cut are fetched again', async () => {
    const bucket = await bucketWith({});
    await server.put(bucket, 'm/packed.json', gzipSync('the content'), { contentEncoding: 'gzip' });
    let cut = 0;
    const { files } = await fetchThrough((request) => {
      if (!isMedia(request) || cut > 0) return 'pass';
      cut += 1;
      return {
        status: 200,
        headers: { 'content-length': '11', 'x-goog-stored-content-encoding': 'gzip', connection: 'close' },
        body: 'the con',
      };
    }, `gs://${bucket}/m`);
    expect(cut).toBe(1);
    expect(files).toEqual({ 'packed.json': 'the content' });
  });
});

describe('bad days', () => {
  test('answers of 503 are asked again, in the listing and in the fetch', async () => {
    const bucket = await bucketWith({ 'm/x': '1' });
    const refusals = { list: 0, media: 0 };
    const { files } = await fetchThrough((request) => {
      const kind = isMedia(request) ? 'media' : 'list';
      refusals[kind] += 1;
      return refusals[kind] <= 2 ? { status: 503, body: 'later' } : 'pass';
    }, `gs://${bucket}/m`);
    expect(files).toEqual({ x: '1' });
    expect(refusals).toEqual({ list: 3, media: 3 });
  });

  test('bytes that are not those of the checksum are fetched again', async () => {
    const bucket = await bucketWith({ 'm/x': 'right' });
    let wrong = 0;
    const { files, log } = await fetchThrough((request) => {
      if (!isMedia(request) || wrong > 0) return 'pass';
      wrong += 1;
      return { status: 200, headers: { 'content-length': '5' }, body: 'wrong' };
    }, `gs://${bucket}/m`);
    expect(files).toEqual({ x: 'right' });
    expect(log.join('\n')).toMatch(/m\/x: (crc32c|md5) of what arrived is/);
  });

  test('an object that is replaced after it was listed arrives as it is now', async () => {
    const bucket = await bucketWith({ 'm/x': 'before' });
    let replaced = false;
    const { files, log } = await fetchThrough(async (request): Promise<GateDecision> => {
      if (!isMedia(request) || replaced) return 'pass';
      replaced = true;
      await server.put(bucket, 'm/x', 'and after');
      return 'pass';
    }, `gs://${bucket}/m`);
    expect(files).toEqual({ x: 'and after' });
    expect(log.join('\n')).toContain(`gs://${bucket}/m/x: was replaced or deleted while it was fetched`);
  });

  test('an object that is deleted between listing and fetch is an error', async () => {
    const bucket = await bucketWith({ 'm/x': '1', 'm/y': '2' });
    const fetching = fetchThrough(async (request): Promise<GateDecision> => {
      if (isMedia(request) && request.url.includes('%2Fy')) {
        await server.remove(bucket, 'm/y').catch(() => undefined);
      }
      return 'pass';
    }, `gs://${bucket}/m`);
    await expect(fetching).rejects.toThrow(`GCS resource 'gs://${bucket}/m/y' not found. (HTTP 404`);
  });

  test('a bucket that is missing is named', async () => {
    await expect(fetchFrom('gs://missing/m')).rejects.toThrow("GCS resource 'gs://missing' not found. (HTTP 404");
  });

  test('a refusal without credentials says what to set (SD-10, SD-13)', async () => {
    const message = 'Anonymous caller does not have storage.objects.list access to the bucket.';
    const body = JSON.stringify({ error: { code: 401, message, errors: [{ reason: 'required' }] } });
    await expect(fetchThrough(() => ({ status: 401, body }), 'gs://private/m')).rejects.toThrow(
      'GCS authentication failed. Verify GOOGLE_APPLICATION_CREDENTIALS or use anonymous access. ' +
        `(gs://private: HTTP 401: ${message})`,
    );
  });

  test('a refusal of somebody who may not is told with its cause', async () => {
    const message = 'reader@example.com does not have storage.objects.get access';
    const body = JSON.stringify({ error: { code: 403, message, errors: [{ reason: 'forbidden' }] } });
    await expect(fetchThrough(() => ({ status: 403, body }), 'gs://private/m')).rejects.toThrow(
      `Access denied to GCS resource 'gs://private'. Verify permissions. (HTTP 403: ${message})`,
    );
  });

  test('a refusal that is only about the rate is tried again', async () => {
    const bucket = await bucketWith({ 'm/x': '1' });
    let refused = 0;
    const body = JSON.stringify({ error: { message: 'slow down', errors: [{ reason: 'userRateLimitExceeded' }] } });
    const { files } = await fetchThrough((request) => {
      if (!isMedia(request) || refused > 1) return 'pass';
      refused += 1;
      return { status: 403, body };
    }, `gs://${bucket}/m`);
    expect(refused).toBe(2);
    expect(files).toEqual({ x: '1' });
  });

  test('an endpoint that does not answer is named', async () => {
    await expect(fetchThrough(() => 'drop', 'gs://b/m')).rejects.toThrow(
      /^Failed to connect to GCS endpoint 'http:\/\/127\.0\.0\.1:\d+\/storage\/v1\/b\/b\/o'\. \(/,
    );
  });

  test('a page that is not one of Cloud Storage is an error', async () => {
    await expect(fetchThrough(() => ({ status: 200, body: '<html>log in</html>' }), 'gs://b/m')).rejects.toThrow(
      'GCS error: gs://b/m: the answer is not one of Cloud Storage',
    );
  });

  test('an endpoint that is no URL is a wrong variable', async () => {
    const fetching = fetched(openGcsSource, 'gs://b/m', { environment: { API_ENDPOINT_OVERRIDE: 'nowhere' } });
    await expect(fetching).rejects.toThrow('API_ENDPOINT_OVERRIDE: got nowhere, expected the URL of an endpoint');
  });
});
