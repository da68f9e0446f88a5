import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startFaultProxy, type FaultProxy } from './fault-proxy';
import { seededRandom } from './seeded-random';

let server: Server;
let proxy: FaultProxy;
let served: number;
const text = 'first line\nsecond line ä\n';

beforeEach(async () => {
  served = 0;
  server = createServer((request, response) => {
    served += 1;
    if (request.url === '/endless') return void response.write('begun');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => response.end(request.method === 'POST' ? Buffer.concat(chunks) : text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = await startFaultProxy({ target: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});

afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const any = () => true;
const read = async (path = '/a', init: RequestInit = {}) => (await fetch(proxy.url + path, init)).text();

describe('the fault proxy', () => {
  it('passes requests and answers unchanged without rules', async () => {
    await expect(read()).resolves.toBe(text);
    await expect(read('/a', { method: 'POST', body: 'ä' })).resolves.toBe('ä');
    expect(proxy.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /a', 'POST /a']);
  });

  it('answers itself with a status and headers', async () => {
    proxy.inject({ matches: any, fault: { kind: 'status', status: 429, headers: { 'retry-after': '3' } } });
    const response = await fetch(proxy.url);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3']);
  });

  it('strikes as often as told and only where it matches', async () => {
    proxy.inject({ matches: ({ path }) => path === '/b', fault: { kind: 'status', status: 500 }, times: 1 });
    await expect(read('/a')).resolves.toBe(text);
    expect((await fetch(`${proxy.url}/b`)).status).toBe(500);
    expect((await fetch(`${proxy.url}/b`)).status).toBe(200);
  });

  it('stops when its rule is taken away', async () => {
    const remove = proxy.inject({ matches: any, fault: { kind: 'status', status: 500 } });
    remove();
    remove();
    await expect(read()).resolves.toBe(text);
  });

  it.each([
    ['at once', {}],
    ['after bytes', { afterBytes: 5 }],
  ])('cuts the connection %s', async (_, how) => {
    proxy.inject({ matches: any, fault: { kind: 'cut', ...how } });
    await expect(read()).rejects.toThrow();
  });

  it('ends a body before its promised length', async () => {
    proxy.inject({ matches: any, fault: { kind: 'short', bytes: 5 } });
    await expect(read()).rejects.toThrow();
  });

  it('promises a wrong length', async () => {
    const stop = proxy.inject({ matches: any, fault: { kind: 'content-length', by: 3 } });
    await expect(read()).rejects.toThrow();
    stop();
    proxy.inject({ matches: any, fault: { kind: 'content-length', by: -4 } });
    expect(await read()).toBe('first line\nsecond line');
  });

  it('leaves a connection half-open', async () => {
    proxy.inject({ matches: any, fault: { kind: 'stall', afterBytes: 5 } });
    const response = await fetch(proxy.url, { signal: AbortSignal.timeout(300) });
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first');
    await expect(reader?.read()).rejects.toThrow(/timeout/i);
  });

  it('holds a request for ever', async () => {
    proxy.inject({ matches: any, fault: { kind: 'hold' } });
    await expect(read('/a', { signal: AbortSignal.timeout(300) })).rejects.toThrow(/timeout/i);
    expect(served).toBe(0);
  });

  it('ends an answer in good order after a time', async () => {
    proxy.inject({ matches: any, fault: { kind: 'close', afterMs: 50 } });
    await expect(read('/endless')).resolves.toBe('begun');
  });

  it('repeats lines', async () => {
    proxy.inject({ matches: any, fault: { kind: 'duplicate' } });
    await expect(read()).resolves.toBe('first line\nfirst line\nsecond line ä\nsecond line ä\n');
  });

  it.each([{ kind: 'split' } as const, { kind: 'slow', delayMs: 20 } as const])(
    'delivers everything with $kind',
    async (fault) => {
      proxy.inject({ matches: any, fault });
      await expect(read()).resolves.toBe(text);
    },
  );

  it('decides by its seed alone', () => {
    const numbers = (seed: number) => Array.from({ length: 5 }, seededRandom(seed));
    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(7)).not.toEqual(numbers(8));
  });
});
