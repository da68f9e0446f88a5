import { getEventListeners } from 'node:events';
import type { HttpClient } from '../../../../controllers/storage-initializer/http/http-client';
import { serveFile, startFileServer, type FileServer, type Respond } from '../../../storage-servers/file-server';
import { clientWith, Taken } from './test-client';

const never = new AbortController().signal;
let respond: Respond;
let server: FileServer;
let other: FileServer;
let http: HttpClient;

beforeAll(async () => {
  server = await startFileServer((request, response) => respond(request, response));
  other = await startFileServer((request, response) => respond(request, response));
});

afterAll(async () => {
  await server.close();
  await other.close();
});

beforeEach(() => {
  http = clientWith({});
});

afterEach(async () => {
  await http.close();
});

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('a small answer', () => {
  it('is read whole, with its status and header fields in lower case', async () => {
    respond = (_request, response) => response.writeHead(200, { 'X-Some': 'thing' }).end('héllo');
    const answer = await http.send({ url: `${server.url}/a?b=c` }, never);
    expect(answer).toMatchObject({
      status: 200,
      body: 'héllo',
      url: `${server.url}/a?b=c`,
      headers: { 'x-some': 'thing' },
    });
    expect(server.seen.at(-1)).toMatchObject({
      method: 'GET',
      url: '/a?b=c',
      headers: { 'user-agent': 'slipway-storage-initializer', 'accept-encoding': 'identity' },
    });
  });

  it('is asked for with a body', async () => {
    respond = (request, response) => void request.pipe(response);
    const answer = await http.send({ url: `${server.url}/token`, method: 'POST', body: 'grant=x' }, never);
    expect(answer.body).toBe('grant=x');
  });

  it('to HEAD has a length and no body', async () => {
    respond = (_request, response) => response.writeHead(200, { 'content-length': 1000 }).end();
    const answer = await http.send({ url: `${server.url}/a`, method: 'HEAD' }, never);
    expect(answer).toMatchObject({ body: '', headers: { 'content-length': '1000' } });
  });

  it('comes after informational answers', async () => {
    respond = (_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => response.end('the answer'));
    };
    const taken = new Taken();
    const answer = await http.download({ url: `${server.url}/a` }, taken, never);
    expect(answer.status).toBe(200);
    expect(taken.heads.map(({ status }) => status)).toEqual([200]);
    expect(taken.text).toBe('the answer');
  });

  it.each([204, 205])('of status %d has nothing in it', async (status) => {
    respond = (_request, response) => response.writeHead(status).end();
    expect(await http.send({ url: `${server.url}/a` }, never)).toMatchObject({ status, body: '' });
  });

  it('needs no path in the URL', async () => {
    respond = (request, response) => response.end(request.url);
    expect((await http.send({ url: server.url }, never)).body).toBe('/');
    expect((await http.send({ url: `${server.url}?a=b/c` }, never)).body).toBe('/?a=b/c');
  });

  it('is refused when it does not end', async () => {
    respond = (_request, response) => {
      const more = () => response.write(Buffer.alloc(1024 * 1024), () => !response.destroyed && setImmediate(more));
      more();
    };
    await expect(http.send({ url: `${server.url}/a?sig=s3cret` }, never)).rejects.toMatchObject({
      name: 'StorageError',
      message: `${server.url}/a: the answer is larger than 32 MiB`,
    });
  });
});

describe('an answer that says no', () => {
  it.each([408, 429, 500, 502, 503, 504])(
    'with %d is asked for again, then returned as it is (SD-07)',
    async (status) => {
      const before = server.seen.length;
      respond = (_request, response) => response.writeHead(status).end('busy');
      expect(await http.send({ url: `${server.url}/a` }, never)).toMatchObject({ status, body: 'busy' });
      expect(server.seen.length - before).toBe(3);
    },
  );

  it.each([400, 401, 403, 404, 416, 501, 505])('with %d is returned at once', async (status) => {
    const before = server.seen.length;
    respond = (_request, response) => response.writeHead(status).end('no');
    expect(await http.send({ url: `${server.url}/a` }, never)).toMatchObject({ status, body: 'no' });
    expect(server.seen.length - before).toBe(1);
  });

  it('is good for its first 64 KiB, however long it talks', async () => {
    respond = (_request, response) => {
      response.writeHead(404);
      const more = () => response.write(Buffer.alloc(50_000, 'x'), () => !response.destroyed && setImmediate(more));
      more();
    };
    const answer = await http.send({ url: `${server.url}/a` }, never);
    expect(answer.body).toBe('x'.repeat(64 * 1024));
  });

  it('is known by its status, although its text breaks off or stalls', async () => {
    respond = (_request, response) => {
      response.writeHead(403, { 'content-length': 1000 });
      response.write('you may n', () => response.socket?.resetAndDestroy());
    };
    expect(await http.send({ url: `${server.url}/a` }, never)).toMatchObject({ status: 403 });
    respond = (_request, response) => void response.writeHead(403, { 'content-length': 1000 }).write('you');
    expect(await http.send({ url: `${server.url}/a` }, never)).toMatchObject({ status: 403, body: 'you' });
  });
});

describe('a body on its way', () => {
  const content = Buffer.alloc(3_000_000, 'abcdefg');

  it('arrives whole although it is held back again and again', async () => {
    respond = (request, response) => serveFile(request, response, { content });
    let holding = false;
    let early = 0;
    const taken = new Taken(() => {
      if (holding) early += 1;
      holding = true;
      return pause(1).then(() => void (holding = false));
    });
    await http.download({ url: `${server.url}/a` }, taken, never);
    expect(Buffer.concat(taken.chunks).equals(content)).toBe(true);
    expect(early).toBe(0);
  });

  it.each([
    ['in chunks', { 'transfer-encoding': 'chunked' }],
    ['until the server closes', { connection: 'close' }],
  ])('arrives whole, held back, when it is sent %s', async (_how, headers) => {
    respond = (_request, response) => {
      response.writeHead(200, headers);
      for (let at = 0; at < content.length; at += 10_000) response.write(content.subarray(at, at + 10_000));
      response.end();
    };
    const taken = new Taken(() => pause(1));
    await http.download({ url: `${server.url}/a` }, taken, never);
    expect(Buffer.concat(taken.chunks).equals(content)).toBe(true);
  });

  it('is not lost while it is held back longer than the server may be silent', async () => {
    respond = (request, response) => serveFile(request, response, { content });
    let held = 0;
    const taken = new Taken(() => ((held += 1) === 1 ? pause(2500) : undefined));
    await http.download({ url: `${server.url}/a` }, taken, never);
    expect(Buffer.concat(taken.chunks).equals(content)).toBe(true);
  });

  it('ends with the error of the one that takes it, also when that comes late', async () => {
    respond = (request, response) => serveFile(request, response, { content });
    const full = new Error('the disk is full');
    const atOnce = {
      begin: () => undefined,
      data: () => {
        throw full;
      },
    };
    await expect(http.download({ url: `${server.url}/a` }, atOnce, never)).rejects.toBe(full);
    const late = new Taken(() => pause(5).then(() => Promise.reject(full)));
    await expect(http.download({ url: `${server.url}/a` }, late, never)).rejects.toBe(full);
    const refusing = {
      begin: () => {
        throw full;
      },
      data: () => undefined,
    };
    await expect(http.download({ url: `${server.url}/a` }, refusing, never)).rejects.toBe(full);
  });

  it('leaves the connections usable for the next one', async () => {
    respond = (request, response) => serveFile(request, response, { content });
    const refusing = {
      begin: () => {
        throw new Error('no');
      },
      data: () => undefined,
    };
    for (let round = 0; round < 5; round += 1) {
      await http.download({ url: `${server.url}/a` }, refusing, never).catch(() => undefined);
      const taken = new Taken();
      await http.download({ url: `${server.url}/a` }, taken, never);
      expect(Buffer.concat(taken.chunks).equals(content)).toBe(true);
    }
  });
});

describe('a signal that aborts', () => {
  it('ends a request that waits for its answer, with its reason (SD-16)', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped');
    respond = () => void setTimeout(() => stop.abort(reason), 20);
    await expect(http.send({ url: `${server.url}/a` }, stop.signal)).rejects.toBe(reason);
  });

  it('ends a body half-way, while it is held back too (SD-16)', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped');
    respond = (request, response) => serveFile(request, response, { content: Buffer.alloc(3_000_000) });
    const taken = new Taken(() => {
      setTimeout(() => stop.abort(reason), 5);
      return new Promise(() => undefined);
    });
    await expect(http.download({ url: `${server.url}/a` }, taken, stop.signal)).rejects.toBe(reason);
  });

  it('ends a request before it is sent', async () => {
    const before = server.seen.length;
    await expect(http.send({ url: `${server.url}/a` }, AbortSignal.abort(new Error('stopped')))).rejects.toThrow(
      'stopped',
    );
    expect(server.seen.length).toBe(before);
  });

  it('ends a wait between tries', async () => {
    const stop = new AbortController();
    respond = (_request, response) => {
      response.writeHead(503, { 'retry-after': '120' }).end();
      setTimeout(() => stop.abort(new Error('stopped')), 30);
    };
    await expect(http.send({ url: `${server.url}/a` }, stop.signal)).rejects.toThrow('stopped');
  });

  it('hears nothing of requests that are over', async () => {
    const stop = new AbortController();
    respond = (request, response) => response.writeHead(request.url === '/no' ? 404 : 200).end('x');
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        http.send({ url: `${server.url}${index % 2 ? '/no' : '/'}` }, stop.signal),
      ),
    );
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
  });
});

describe('a redirect', () => {
  it('is an answer when nothing else is said', async () => {
    respond = (_request, response) => response.writeHead(302, { location: '/b' }).end();
    expect(await http.send({ url: `${server.url}/a` }, never)).toMatchObject({ status: 302 });
  });

  it('is followed with what is harmless, and answers from where it leads (SD-08)', async () => {
    respond = (request, response) => {
      if (request.url === '/a') response.writeHead(302, { location: `${other.url}/b` }).end();
      else response.end('b');
    };
    const headers = { authorization: 'Bearer s3cret', range: 'bytes=0-1' };
    const answer = await http.send({ url: `${server.url}/a`, headers, redirects: {} }, never);
    expect(answer).toMatchObject({ status: 200, body: 'b', url: `${other.url}/b` });
    expect(other.seen.at(-1)?.headers).toMatchObject({ range: 'bytes=0-1' });
    expect(other.seen.at(-1)?.headers).not.toHaveProperty('authorization');
  });

  it('never takes a body along (SD-08)', async () => {
    respond = (_request, response) => response.writeHead(307, { location: `${other.url}/b` }).end();
    const before = other.seen.length;
    const request = {
      url: `${server.url}/token`,
      method: 'POST',
      body: 'client_secret=s3cret',
      redirects: {},
    } as const;
    expect(await http.send(request, never)).toMatchObject({ status: 307 });
    expect(other.seen.length).toBe(before);
  });

  it('in a circle ends (SD-08)', async () => {
    respond = (_request, response) => response.writeHead(302, { location: '/a' }).end();
    await expect(http.send({ url: `${server.url}/a?sig=s3cret`, redirects: {} }, never)).rejects.toThrow(
      `${server.url}/a: more than 10 redirects`,
    );
  });
});
