import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import { startTlsFront } from './tls-front';

const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A server with a front before it. */
async function fronted(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const front = await startTlsFront('localhost', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const dispatcher = new Agent({ connect: { ca: front.ca } });
  endings.push(
    async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    () => front.close(),
    () => dispatcher.destroy(),
  );
  return (options: { signal?: AbortSignal; body?: string } = {}) =>
    request(`${front.url.replace('127.0.0.1', 'localhost')}/a?b=c`, { method: 'POST', dispatcher, ...options });
}

describe('a TLS front', () => {
  it('hands request and answer on as they are', async () => {
    const ask = await fronted((incoming, response) => {
      response.writeHead(418, { 'x-asked': `${incoming.method} ${incoming.url}` });
      incoming.pipe(response);
    });
    const { statusCode, headers, body } = await ask({ body: 'tea' });
    expect([statusCode, headers['x-asked'], await body.text()]).toEqual([418, 'POST /a?b=c', 'tea']);
  });

  it('hands headers on before there is a body', async () => {
    const ask = await fronted((_, response) => response.writeHead(200).flushHeaders());
    const { statusCode, body } = await ask();
    expect(statusCode).toBe(200);
    body.on('error', () => undefined).destroy();
  }, 5_000);

  it.each<[string, (response: ServerResponse) => void]>([
    ['is reset', (response) => response.destroy()],
    ['ends too early', (response) => response.socket?.end()],
  ])(
    'breaks its answer off when the one behind it %s',
    async (_, breakOff) => {
      const ask = await fronted((_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('half', () => breakOff(response));
      });
      const { body } = await ask();
      await expect(body.text()).rejects.toThrow();
    },
    5_000,
  );

  it('gives up behind it what its client has given up', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<IncomingMessage>();
    const ask = await fronted((incoming) => resolve(incoming));
    const patience = new AbortController();
    const answer = ask({ signal: patience.signal });
    const incoming = await asked;
    const gone = once(incoming.socket, 'close');
    patience.abort();
    await expect(answer).rejects.toThrow();
    await gone;
  }, 5_000);
});
