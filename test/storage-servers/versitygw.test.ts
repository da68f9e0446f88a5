import { realClock } from '../../controllers/runtime/clock';
import { canonicalQuery, RequestSigner } from '../../controllers/storage-initializer/sources/s3/request-signature';
import { buildTimeout, goProgram } from '../tools/go-programs';
import { startVersitygw, type Versitygw } from './versitygw';

let server: Versitygw;

beforeAll(async () => {
  await goProgram('versitygw');
  server = await startVersitygw();
  await server.makeBucket('bucket');
}, buildTimeout);
afterAll(() => server.stop());

async function get(path: string, parameters: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const query = canonicalQuery(parameters);
  const keys = { accessKeyId: server.accessKey, secretAccessKey: server.secretKey };
  const { host } = new URL(server.endpoint);
  const signed = new RequestSigner(realClock).sign({ method: 'GET', host, path, query, headers }, keys, server.region);
  return fetch(`${server.endpoint}${path}${query === '' ? '' : `?${query}`}`, { headers: signed });
}

test('an object is there as it was uploaded, with its checksum', async () => {
  await server.put('bucket', 'whole', 'content', { checksum: 'crc32' });
  const answer = await get('/bucket/whole', {}, { 'x-amz-checksum-mode': 'ENABLED' });
  expect(await answer.text()).toBe('content');
  expect(answer.headers.get('x-amz-checksum-crc32')).toBe('/sUwqQ==');
});

test('an object in parts comes from a generator and has the checksum of the checksums', async () => {
  const part = Buffer.alloc(5 * 1024 * 1024, 'x');
  await server.put(
    'bucket',
    'parts',
    (function* () {
      yield part.subarray(100);
      yield part;
      yield part.subarray(0, 200);
    })(),
    { partSize: part.length, checksum: 'crc32' },
  );
  const answer = await get('/bucket/parts', {}, { 'x-amz-checksum-mode': 'ENABLED' });
  expect((await answer.arrayBuffer()).byteLength).toBe(2 * part.length + 100);
  expect(answer.headers.get('etag')).toMatch(/^"[0-9a-f]{32}-3"$/);
  expect(answer.headers.get('x-amz-checksum-crc32')).toMatch(/-3$/);
});

test('a removed object is gone', async () => {
  await server.put('bucket', 'gone', 'x');
  await server.remove('bucket', 'gone');
  expect((await get('/bucket/gone')).status).toBe(404);
});

test('an upload that the server refuses fails with its words', async () => {
  await expect(server.put('no-such-bucket', 'x', 'x')).rejects.toThrow('NoSuchBucket');
});
