import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { realClock, realRandom } from '../../../../../controllers/runtime/clock';
import { HttpClient } from '../../../../../controllers/storage-initializer/http/http-client';
import type { ObjectSource, RemoteFile } from '../../../../../controllers/storage-initializer/source';
import { openHttpSource } from '../../../../../controllers/storage-initializer/sources/http/http-source';
import {
  serveBroken,
  serveFile,
  startFileServer,
  type FileServer,
  type Respond,
} from '../../../../storage-servers/file-server';
import { fetched, type Fetched, type FetchOptions } from '../../fetched-tree';
import { hurriedClock } from '../../hurried-clock';

let respond: Respond;
let server: FileServer;
let other: FileServer;

beforeAll(async () => {
  server = await startFileServer((request, response) => respond(request, response));
  other = await startFileServer((request, response) => respond(request, response));
});

afterAll(async () => {
  await server.close();
  await other.close();
});

/** Fetches a path of the server, which answers as said. */
async function get(path: string, answer: Respond, options: FetchOptions = {}): Promise<Fetched> {
  respond = answer;
  return fetched(openHttpSource, `${server.url}${path}`, { clock: hurriedClock, ...options });
}

/** Every word of what was said: the log, or the message of the failure and of its causes. */
async function said(path: string, answer: Respond, options: FetchOptions = {}): Promise<string> {
  try {
    return (await get(path, answer, options)).log.join('\n');
  } catch (error) {
    const words: string[] = [];
    for (let at: unknown = error; at instanceof Error; at = at.cause) words.push(String(at));
    return words.join('\n');
  }
}

const ofType =
  (type: string): Respond =>
  (request, response) =>
    serveFile(request, response, { content: 'model', headers: { 'content-type': type } });

/** What the source makes of a URI. */
async function opened(uri: string): Promise<{ readonly source: ObjectSource; readonly file: RemoteFile }> {
  const [clock, random] = [realClock, realRandom];
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const limits = { connectTimeoutMs: 1, readTimeoutMs: 1, attempts: 1 };
  const http = new HttpClient({ environment: {}, clock, random, ...limits });
  const source = await openHttpSource(uri, { environment: {}, http, clock, random, log: silent });
  if (!('files' in source)) throw new Error('an HTTP source lists files');
  for await (const file of source.files(new AbortController().signal)) return { source, file };
  throw new Error('an HTTP source lists one file');
}

describe('a file behind a URL', () => {
  it('is fetched under the last segment of its path', async () => {
    const { files } = await get('/a/b/model.joblib', ofType('application/octet-stream'));
    expect(files).toEqual({ 'model.joblib': 'model' });
  });

  it.each(['application/json', 'text/plain', 'application/x-something', ''])(
    'is taken when it comes as "%s" (SD-08)',
    async (type) => {
      const { files } = await get('/model.json', ofType(type));
      expect(files).toEqual({ 'model.json': 'model' });
    },
  );

  it('keeps its name whatever Content-Disposition says (SD-08)', async () => {
    const { files } = await get('/model.bin', (request, response) =>
      serveFile(request, response, {
        content: 'x',
        headers: { 'content-disposition': 'attachment; filename="../other"' },
      }),
    );
    expect(files).toEqual({ 'model.bin': 'x' });
  });

  it('can be empty (SD-02)', async () => {
    const { files } = await get('/empty', (request, response) => serveFile(request, response, { content: '' }));
    expect(files).toEqual({ empty: '' });
  });

  it('is asked for with its query, which is in no line of the log (SD-12)', async () => {
    const { files, log } = await get('/model.bin?sig=s3cret&v=%2F1#part', ofType('application/octet-stream'));
    expect(files).toEqual({ 'model.bin': 'model' });
    expect(server.seen.at(-1)?.url).toBe('/model.bin?sig=s3cret&v=%2F1');
    expect(log.join('\n')).not.toContain('s3cret');
  });

  it('that would leave the destination is refused (SD-03)', async () => {
    await expect(get('/a%00b', ofType('application/octet-stream'))).rejects.toThrow(/NUL|control|name|path/i);
  });

  it('without a name is refused, as upstream words it', async () => {
    await expect(get('/test/', ofType('application/octet-stream'))).rejects.toThrow(
      `No filename contained in URI: ${server.url}/test/`,
    );
  });
});

describe('an archive behind a URL', () => {
  it.each([
    'application/x-tar',
    'application/x-gtar',
    'application/x-gzip',
    'application/gzip',
    // An error at KServe: here the archive says what it is.
    'application/zip',
    'application/octet-stream',
  ])('model.tar.gz is taken as %s (SD-08)', async (type) => {
    const { source, file } = await opened('https://foo.bar/model.tar.gz?foo=bar');
    expect(source.facts?.(file, { 'content-type': type, etag: '"1"' })).toMatchObject({ version: '"1"' });
  });

  it.each(['application/x-zip-compressed', 'application/zip', 'application/zip-compressed', 'binary/octet-stream'])(
    'a zip is taken as %s, also when only the query says so (SD-08)',
    async (type) => {
      for (const path of ['model.zip?foo=bar', 'download?path=/x/model.zip']) {
        const { source, file } = await opened(`https://foo.bar/${path}`);
        expect(source.facts?.(file, { 'content-type': type, etag: '"1"' })).toMatchObject({ version: '"1"' });
      }
    },
  );

  it.each([
    ['/model.zip', 'application/x-zip-compressed, application/zip, application/zip-compressed'],
    ['/download?path=/x/model.zip', 'application/x-zip-compressed, application/zip, application/zip-compressed'],
    ['/model.tgz', 'application/x-tar, application/x-gtar, application/x-gzip, application/gzip'],
  ])('is refused when %s is a page for people (SD-08)', async (path, types) => {
    const { source, file } = await opened(`https://foo.bar${path}`);
    const [shown = ''] = path.split('?');
    expect(() => source.facts?.(file, { 'content-type': 'text/html; charset=utf-8' })).toThrow(
      `URI: https://foo.bar${shown} did not respond with any of following 'Content-Type': ${types} (but with text/html)`,
    );
  });

  it('is told to the engine when only the query knows it', async () => {
    expect((await opened('https://foo.bar/download?path=/x/model.zip')).file).toMatchObject({
      path: 'download',
      exact: true,
      archive: 'zip',
    });
    expect((await opened('https://foo.bar/model.tgz?path=model.zip')).file).not.toHaveProperty('archive');
    expect((await opened('https://foo.bar/download')).file).not.toHaveProperty('archive');
  });
});

describe('a page where a model should be', () => {
  it('is fetched, with a warning: some servers call everything text/html (SD-08)', async () => {
    const { files, log } = await get('/model.pkl', ofType('text/html'));
    expect(files).toEqual({ 'model.pkl': 'model' });
    expect(log.join('\n')).toMatch(/WARNING .*model\.pkl: the server answers with text\/html/);
  });
});

describe('a compressed file', () => {
  const content = gzipSync('weights');

  it.each([{}, { 'content-encoding': 'x-gzip' }, { 'content-encoding': 'gzip' }])(
    'x.json.gz stays as it is, with the header %j',
    async (headers) => {
      const { files } = await get('/x.json.gz', (request, response) =>
        serveFile(request, response, { content, headers: { 'content-type': 'application/gzip', ...headers } }),
      );
      expect(Object.keys(files)).toEqual(['x.json.gz']);
      expect(files['x.json.gz']).toBe(content.toString('utf8'));
    },
  );

  it('that is stored compressed under a plain name arrives without its Content-Encoding', async () => {
    const { files } = await get('/x.json', (request, response) =>
      serveFile(request, response, {
        content,
        headers: {
          'content-encoding': 'gzip',
          etag: '"coded"',
          'content-md5': createHash('md5').update(content).digest('base64'),
        },
      }),
    );
    expect(files).toEqual({ 'x.json': 'weights' });
    expect(server.seen.at(-1)?.headers['accept-encoding']).toBe('identity');
  });
});

describe('the statuses of a server', () => {
  it.each([
    [401, /^HTTP authentication failed for 'URI'\. Verify credentials\. \(none were sent, the variable '127\.0\.0\.1-/],
    [403, /^HTTP access denied for 'URI'\. Verify permissions\.$/],
    [404, /^HTTP resource not found at 'URI'\.$/],
    [400, /^HTTP request to 'URI' failed with status code 400\.$/],
    [410, /^HTTP request to 'URI' failed with status code 410\.$/],
    [304, /^HTTP request to 'URI' failed with status code 304\.$/],
    [501, /^HTTP request to 'URI' failed with status code 501\.$/],
  ])('%d is told in the words of KServe, at once', async (status, words) => {
    const before = server.seen.length;
    const failure = await get('/model.bin?sig=s3cret', (_request, response) =>
      response.writeHead(status).end('s3cret'),
    ).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    const message = failure instanceof Error ? failure.message : '';
    expect(message.replace(`${server.url}/model.bin`, 'URI')).toMatch(words);
    expect(message).not.toContain('s3cret');
    expect(server.seen.length - before).toBe(1);
  });

  it('401 with credentials says nothing of a variable', async () => {
    const environment = { '127.0.0.1-headers': '{"authorization":"Bearer s3cret"}' };
    const words = await said('/m.bin', (_request, response) => response.writeHead(401).end(), { environment });
    expect(words).toContain(`HTTP authentication failed for '${server.url}/m.bin'. Verify credentials.`);
    expect(words).not.toContain('none were sent');
    expect(words).not.toContain('s3cret');
  });

  it.each([503, 429, 500, 408])('%d is asked again until the file comes (SD-07)', async (status) => {
    let tries = 0;
    const { files, progress } = await get('/model.bin', (request, response) => {
      tries += 1;
      if (tries > 2) serveFile(request, response, { content: 'model' });
      else response.writeHead(status, { 'retry-after': '1' }).end('busy');
    });
    expect(files).toEqual({ 'model.bin': 'model' });
    expect(progress.retries).toBe(2);
  });

  it('503 for good is told with its number', async () => {
    await expect(get('/model.bin', (_request, response) => response.writeHead(503).end())).rejects.toThrow(
      `HTTP request to '${server.url}/model.bin' failed with status code 503.`,
    );
  });
});

describe('the header fields of <hostname>-headers', () => {
  const environment = { '127.0.0.1-headers': '{"Authorization":"Bearer s3cret","X-Api-Key":"k3y"}' };

  it('go to the host, and into no line of the log (SD-12)', async () => {
    const { log } = await get('/model.bin', ofType('application/octet-stream'), { environment });
    expect(server.seen.at(-1)?.headers).toMatchObject({ authorization: 'Bearer s3cret', 'x-api-key': 'k3y' });
    expect(log.join('\n')).not.toMatch(/s3cret|k3y/);
  });

  it('do not follow a redirect to another origin (SD-08)', async () => {
    const { files } = await get(
      '/model.bin',
      (request, response) => {
        if (request.headers.host === `127.0.0.1:${server.port}`) {
          response.writeHead(302, { location: `${other.url}/elsewhere?sig=1` }).end();
        } else serveFile(request, response, { content: 'from elsewhere' });
      },
      { environment },
    );
    expect(files).toEqual({ 'model.bin': 'from elsewhere' });
    const { headers, url } = other.seen.at(-1) ?? { headers: {}, url: '' };
    expect(url).toBe('/elsewhere?sig=1');
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('x-api-key');
  });

  it('do follow one of the same origin', async () => {
    const { files } = await get(
      '/model.bin',
      (request, response) => {
        if (request.url === '/model.bin') response.writeHead(307, { location: '/there' }).end();
        else serveFile(request, response, { content: String(request.headers['x-api-key']) });
      },
      { environment },
    );
    expect(files).toEqual({ 'model.bin': 'k3y' });
  });

  it('that are no JSON are named, not shown (SD-12)', async () => {
    const words = await said('/model.bin', ofType(''), { environment: { '127.0.0.1-headers': 's3cret' } });
    expect(words).toContain('127.0.0.1-headers: expected a JSON object of header fields');
    expect(words).not.toContain('s3cret');
  });
});

describe('user info in a URL', () => {
  it('is sent as Basic authentication, and said nowhere (SD-12)', async () => {
    respond = ofType('application/octet-stream');
    const uri = `http://me:s3%40cret@127.0.0.1:${server.port}/model.bin`;
    const { log } = await fetched(openHttpSource, uri);
    const sent = Buffer.from('me:s3@cret').toString('base64');
    expect(server.seen.at(-1)?.headers.authorization).toBe(`Basic ${sent}`);
    expect(log.join('\n')).not.toContain('cret');
  });
});

describe('a file that breaks off', () => {
  const content = 'a'.repeat(1000) + 'b'.repeat(1000);
  const noon = 'Sat, 21 Nov 2026 12:00:00 GMT';

  /** The first answer breaks off after 1,000 bytes. */
  async function brokenOnce(headers: Readonly<Record<string, string>>, ranges = true): Promise<Fetched> {
    let first = true;
    return get('/model.bin', (request, response) => {
      if (first) serveBroken(response, { content, headers }, 1000);
      else serveFile(request, response, { content, headers, ranges });
      first = false;
    });
  }

  it.each([
    ['a strong ETag', { etag: '"1"' }, { 'if-match': '"1"' }],
    ['an old Last-Modified', { 'last-modified': noon }, { 'if-unmodified-since': noon }],
    ['an old Last-Modified and a weak ETag', { 'last-modified': noon, etag: 'W/"1"' }, { 'if-unmodified-since': noon }],
  ])('goes on where it ended with %s (SD-07)', async (_what, headers, condition) => {
    const { files } = await brokenOnce(headers);
    expect(files).toEqual({ 'model.bin': content });
    expect(server.seen.at(-1)?.headers).toMatchObject({ range: 'bytes=1000-1999', ...condition });
  });

  it.each([
    ['a weak ETag only', { etag: 'W/"1"' }],
    ['a Last-Modified of this moment', { 'last-modified': new Date().toUTCString() }],
    ['no validator', {}],
  ])('begins anew with %s: the rest may be of another file (SD-07)', async (_what, headers) => {
    const { files } = await brokenOnce(headers);
    expect(files).toEqual({ 'model.bin': content });
    expect(server.seen.at(-1)?.headers).not.toHaveProperty('range');
  });

  it('comes whole from a server that knows no ranges (SD-07)', async () => {
    const { files } = await brokenOnce({ etag: '"1"' }, false);
    expect(files).toEqual({ 'model.bin': content });
  });

  it.each([true, false])(
    'is fetched anew when it was replaced, by a server with conditions: %s (SD-07)',
    async (ranges) => {
      let tries = 0;
      const { files } = await get('/model.bin', (request, response) => {
        tries += 1;
        if (tries === 1) serveBroken(response, { content, headers: { etag: '"1"' } }, 1000);
        else serveFile(request, response, { content: 'c'.repeat(1500), headers: { etag: '"2"' }, ranges });
      });
      expect(files).toEqual({ 'model.bin': 'c'.repeat(1500) });
    },
  );

  it('without a length is known to be broken by its chunks', async () => {
    let tries = 0;
    const { files } = await get('/model.bin', (_request, response) => {
      tries += 1;
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      if (tries === 1) response.write('half', () => response.socket?.end());
      else response.end('half and half');
    });
    expect(files).toEqual({ 'model.bin': 'half and half' });
  });
});

describe('checksums that a server offers', () => {
  it('are verified, and what differs is fetched anew (SD-07)', async () => {
    let tries = 0;
    const digest = `sha-256=:${createHash('sha256').update('model').digest('base64')}:`;
    const { files } = await get('/model.bin', (request, response) => {
      tries += 1;
      const content = tries === 1 ? 'mudel' : 'model';
      serveFile(request, response, { content, headers: { 'repr-digest': digest, etag: '"1"' } });
    });
    expect(files).toEqual({ 'model.bin': 'model' });
    expect(tries).toBe(2);
  });
});

describe('STORAGE_HTTP_DENY_LOCAL', () => {
  const environment = { STORAGE_HTTP_DENY_LOCAL: 'true' };

  it('refuses servers at loopback addresses, also by name (SD-08)', async () => {
    const before = server.seen.length;
    await expect(get('/model.bin', ofType(''), { environment })).rejects.toThrow(
      /127\.0\.0\.1 is an address of the pod itself/,
    );
    await expect(fetched(openHttpSource, `http://localhost:${server.port}/model.bin`, { environment })).rejects.toThrow(
      /connection to localhost refused: .* is an address of the pod itself/,
    );
    expect(server.seen.length).toBe(before);
  });

  it.each(['169.254.169.254', '[fe80::1]', '[::ffff:169.254.169.254]', '[fd00:ec2::254]'])(
    'refuses %s (SD-08)',
    async (host) => {
      await expect(fetched(openHttpSource, `http://${host}/latest/meta-data`, { environment })).rejects.toThrow(
        'is a link-local or metadata address',
      );
    },
  );
});
