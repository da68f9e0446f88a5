import { createServer, type Server, type Socket } from 'node:net';
import { ConnectionError } from '../../../../controllers/storage-initializer/http/connection-error';
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

describe('a connection that fails', () => {
  /** A server that does what it wants with the socket. */
  async function withRawServer<T>(serve: (socket: Socket) => void, work: (url: string) => Promise<T>): Promise<T> {
    const sockets = new Set<Socket>();
    const raw: Server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      serve(socket);
    });
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
    const address = raw.address();
    try {
      return await work(`http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/a`);
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => raw.close(resolve));
    }
  }

  /** What a download of a URL fails with. */
  async function failureOf(url: string, client = http): Promise<ConnectionError> {
    const failure: unknown = await client.download({ url }, new Taken(), never).catch((error: unknown) => error);
    if (failure instanceof ConnectionError) return failure;
    throw new Error(`expected an error of the connection, got ${String(failure)}`);
  }

  const answering = (text: string) => (socket: Socket) => socket.once('data', () => socket.write(text));
  const answeringAndClosing = (text: string) => (socket: Socket) => socket.once('data', () => socket.end(text));

  it('is a name that nobody knows', async () => {
    const { code, lasting, message } = await failureOf('http://does-not-exist.invalid/a');
    expect(code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
    expect(lasting).toBe(false);
    expect(message).toContain('does-not-exist.invalid');
  });

  it('is a port that nobody listens on', async () => {
    const gone = await startFileServer(() => undefined);
    await gone.close();
    const { code, lasting, message } = await failureOf(`${gone.url}/a`);
    expect({ code, lasting }).toEqual({ code: 'ECONNREFUSED', lasting: false });
    expect(message).toBe(`connect ECONNREFUSED 127.0.0.1:${gone.port}`);
    // Of a name with two addresses both fail.
    const byName = await failureOf(`http://localhost:${gone.port}/a`);
    expect(byName.code).toBe('ECONNREFUSED');
    expect(byName.message).toContain(`ECONNREFUSED 127.0.0.1:${gone.port}`);
  });

  it.each([
    [
      'a reset',
      (socket: Socket) => void socket.once('data', () => socket.resetAndDestroy()),
      'ECONNRESET',
      /ECONNRESET/,
    ],
    ['an end without an answer', answeringAndClosing(''), 'UND_ERR_SOCKET', /other side closed/],
    ['an end within the head', answeringAndClosing('HTTP/1.1 200 OK\r\nContent-Le'), 'UND_ERR_SOCKET', /other side/],
    [
      'an end within a body of known length',
      answeringAndClosing('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'),
      'UND_ERR_SOCKET',
      /other side closed/,
    ],
    [
      'an end within the last body of a connection',
      answeringAndClosing('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\nhalf'),
      'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
      /content-length/i,
    ],
    [
      'an end within chunks',
      answeringAndClosing('HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf'),
      'HPE',
      /HTTP\/1\.1 protocol/,
    ],
    ['an answer that is no HTTP', answering('SSH-2.0-OpenSSH_9.2\r\n'), 'HPE', /HTTP\/1\.1 protocol/],
    [
      'chunks that are none',
      answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
      'HPE',
      /HTTP\/1\.1 protocol/,
    ],
    [
      'a head without end',
      answering(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`),
      'UND_ERR_HEADERS_OVERFLOW',
      /Headers Overflow/,
    ],
    [
      'another protocol',
      answering('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n'),
      'UND_ERR_SOCKET',
      /bad upgrade/,
    ],
    [
      '100 Continue that nobody asked for',
      answering('HTTP/1.1 100 Continue\r\n\r\n'),
      'UND_ERR_SOCKET',
      /bad response/,
    ],
    ['silence', () => undefined, 'UND_ERR_HEADERS_TIMEOUT', /^no answer within 1 s/],
    [
      'silence within a body',
      answering('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'),
      'UND_ERR_BODY_TIMEOUT',
      /^the answer stalled for 1 s/,
    ],
  ])('is %s', async (_what, serve, code, words) => {
    await withRawServer(serve, async (url) => {
      const failure = await failureOf(url);
      expect({ code: failure.code, lasting: failure.lasting }).toEqual({ code, lasting: false });
      expect(failure.message).toMatch(words);
    });
  });

  it('is a host that does not answer the call', async () => {
    // TEST-NET-1 is nobody's; a network that says so at once, in whatever words, is as good.
    const client = clientWith({ connectTimeoutMs: 200 });
    const { code } = await failureOf('http://192.0.2.1/a', client);
    expect(code).toMatch(/^(UND_ERR_CONNECT_TIMEOUT|ENETUNREACH|EHOSTUNREACH|ECONNREFUSED)$/);
    await client.close();
  });

  it('is tried again for a small answer (SD-07)', async () => {
    let tries = 0;
    respond = (_request, response) => {
      tries += 1;
      if (tries < 3) throw new Error('reset');
      response.end('at last');
    };
    expect((await http.send({ url: `${server.url}/a` }, never)).body).toBe('at last');
  });

  it('is told after the last try', async () => {
    const before = server.seen.length;
    respond = () => {
      throw new Error('reset');
    };
    await expect(http.send({ url: `${server.url}/a` }, never)).rejects.toMatchObject({ name: 'ConnectionError' });
    expect(server.seen.length - before).toBe(3);
  });

  it('is none when the request is our mistake: no try more would mend it', async () => {
    const before = server.seen.length;
    const wrong = http.send({ url: `${server.url}/a`, headers: { 'x-wrong': 'line\nbreak' } }, never);
    await expect(wrong).rejects.toThrow('invalid x-wrong header');
    await expect(wrong).rejects.not.toMatchObject({ name: 'ConnectionError' });
    expect(server.seen.length).toBe(before);
  });
});
