import { gzipSync } from 'node:zlib';
import type { HttpClient } from '../../../../controllers/storage-initializer/http/http-client';
import { startFileServer, type FileServer, type Respond } from '../../../storage-servers/file-server';
import { clientWith, Taken } from './test-client';

const never = new AbortController().signal;
let respond: Respond;
let server: FileServer;
let http: HttpClient;

beforeAll(async () => {
  server = await startFileServer((request, response) => respond(request, response));
});

afterAll(async () => {
  await server.close();
});

beforeEach(() => {
  http = clientWith({});
});

afterEach(async () => {
  await http.close();
});

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('a content coding that the server chose', () => {
  const content = 'weights '.repeat(100_000);
  const coded = gzipSync(content);
  const serveCoded = (coding: string, body: Buffer): Respond => {
    return (_request, response) => {
      response.writeHead(200, { 'content-encoding': coding, 'content-length': body.length, etag: '"1"' }).end(body);
    };
  };

  it('is undone when that is asked for, also while the body is held back', async () => {
    respond = serveCoded('GZIP', coded);
    const taken = new Taken(() => pause(1));
    await http.download({ url: `${server.url}/a`, decoded: true }, taken, never);
    expect(taken.text).toBe(content);
    expect(taken.heads[0]?.headers).not.toHaveProperty('content-length');
    expect(taken.heads[0]?.headers).not.toHaveProperty('etag');
  });

  it('stays otherwise', async () => {
    respond = serveCoded('gzip', coded);
    const taken = new Taken();
    await http.download({ url: `${server.url}/a` }, taken, never);
    expect(Buffer.concat(taken.chunks).equals(coded)).toBe(true);
  });

  it('that is none passes through', async () => {
    respond = serveCoded('identity', Buffer.from('plain'));
    const taken = new Taken();
    await http.download({ url: `${server.url}/a`, decoded: true }, taken, never);
    expect(taken.text).toBe('plain');
    expect(taken.heads[0]?.headers).toMatchObject({ etag: '"1"' });
  });

  it.each([
    ['is no coding', Buffer.from('no gzip at all')],
    ['breaks off', coded.subarray(0, 200)],
  ])('that %s counts as a broken connection: another try may mend it', async (_what, body) => {
    respond = serveCoded('gzip', body);
    const failure = http.download({ url: `${server.url}/a`, decoded: true }, new Taken(), never);
    await expect(failure).rejects.toMatchObject({ name: 'ConnectionError', lasting: false });
    await expect(failure).rejects.toThrow('the gzip coding is broken');
  });

  it('ends with the error of the one that takes what is in it', async () => {
    respond = serveCoded('gzip', coded);
    const full = new Error('the disk is full');
    const late = new Taken(() => Promise.reject(full));
    await expect(http.download({ url: `${server.url}/a`, decoded: true }, late, never)).rejects.toBe(full);
  });

  it('that nobody knows is refused', async () => {
    respond = serveCoded('aes128gcm', coded);
    await expect(http.download({ url: `${server.url}/a?sig=1`, decoded: true }, new Taken(), never)).rejects.toThrow(
      `${server.url}/a: the server sends it with Content-Encoding aes128gcm`,
    );
  });
});
