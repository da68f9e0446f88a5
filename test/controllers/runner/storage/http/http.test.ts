import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Agent } from 'undici';
import { createInput } from '../../../../../controllers/runner/storage/http/input';
import { createOutput } from '../../../../../controllers/runner/storage/http/output';
import type { Output } from '../../../../../controllers/runner/output';
import { batchOf, HandClock, never, testWork, valuesOf } from '../test-work';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let url: string;
let answer: (request: Asked, response: ServerResponse) => void;
const asked: Asked[] = [];

const server = createServer((incoming, response) => {
  const pieces: Buffer[] = [];
  incoming.on('data', (piece: Buffer) => pieces.push(piece));
  incoming.on('end', () => {
    const { method = '', url: path = '', headers } = incoming;
    const request = { method, url: path, headers, body: Buffer.concat(pieces).toString() };
    asked.push(request);
    answer(request, response);
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
});
beforeEach(() => {
  asked.length = 0;
});

const work = () => testWork({ clock: new HandClock() });

function json(response: ServerResponse, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

describe('input', () => {
  const read = async (settings: object) => valuesOf(await createInput(settings, work()));
  /** The numbers from 0 to 24 in pages. */
  const page = (from: number, size: number) =>
    Array.from({ length: Math.max(0, Math.min(size, 25 - from)) }, (_, at) => from + at);
  const all = page(0, 25);
  const parameters = (path: string) => new URL(path, url).searchParams;

  test('an answer is read in the format that it says it has', async () => {
    answer = (_request, response) => json(response, { count: 2, items: [{ x: 1 }, { x: 9007199254740992 }] });
    expect(await read({ url: `${url}/items` })).toEqual([{ x: 1 }, { x: 9007199254740992n }]);
    answer = (_request, response) => response.setHeader('content-type', 'application/x-ndjson').end('{"x":1}\n2\n');
    expect(await read({ url: `${url}/items` })).toEqual([{ x: 1 }, 2]);
    answer = (_request, response) => response.setHeader('content-type', 'text/csv').end('x,y\n1,a\n');
    expect(await read({ url: `${url}/items` })).toEqual([{ x: 1, y: 'a' }]);
    const gzipped = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    answer = (_request, response) => response.writeHead(200, gzipped).end(gzipSync('[1,2]'));
    expect(await read({ url: `${url}/items` })).toEqual([1, 2]);
  });

  test('method, headers and body are sent as they are set', async () => {
    answer = (_request, response) => json(response, []);
    await read({ url: `${url}/query?a=b`, method: 'POST', headers: ['X-Tenant: one', 'Accept:text/csv'], body: 'q' });
    expect(asked).toMatchObject([
      { method: 'POST', url: '/query?a=b', headers: { 'x-tenant': 'one', accept: 'text/csv' }, body: 'q' },
    ]);
  });

  test('pages by offset are read until one is empty', async () => {
    answer = ({ url: path }, response) => {
      const limit = Math.min(7, Number(parameters(path).get('limit')));
      json(response, page(Number(parameters(path).get('offset')), limit));
    };
    expect(await read({ url: `${url}/items?q=1`, pagination: { type: 'offset', size: 10 } })).toEqual(all);
    expect(asked.map(({ url: path }) => path).slice(0, 2)).toEqual([
      '/items?q=1&offset=0&limit=10',
      '/items?q=1&offset=7&limit=10',
    ]);
  });

  test('pages by number are read until one is not full', async () => {
    answer = ({ url: path }, response) =>
      json(response, { data: page((Number(parameters(path).get('p')) - 1) * 10, 10) });
    expect(await read({ url: `${url}/items`, pagination: { type: 'page', param: 'p', size: 10 } })).toEqual(all);
    expect(asked).toHaveLength(3);
  });

  test('pages by cursor are read until there is none', async () => {
    answer = ({ url: path }, response) => {
      const from = Number(parameters(path).get('after') ?? 0);
      json(response, { meta: { next: from < 20 ? String(from + 10) : null }, items: page(from, 10) });
    };
    const pagination = { type: 'cursor', param: 'after', next: '$.meta.next' };
    expect(await read({ url: `${url}/items`, pagination })).toEqual(all);
  });

  test('pages by link are read until there is none', async () => {
    answer = ({ url: path }, response) => {
      const from = Number(parameters(path).get('from') ?? 0);
      const link = from < 20 ? `</items?from=0>; rel="first", </items?from=${from + 10}>; rel="next"` : '';
      json(response, page(from, 10), link === '' ? {} : { link });
    };
    expect(await read({ url: `${url}/items`, pagination: { type: 'link' } })).toEqual(all);
  });

  test.each([
    [
      'at another server',
      '<http://127.0.0.1:1/items>; rel=next',
      'the next page is at another server, http://127.0.0.1:1',
    ],
    ['the same again', '</items>; rel="next"', 'the next page is the same again'],
  ])('a next page that is %s ends the run with exit code 3', async (_what, link, message) => {
    answer = (_request, response) => json(response, [1], { link });
    await expect(read({ url: `${url}/items`, pagination: { type: 'link' } })).rejects.toMatchObject({
      exitCode: 3,
      message: `GET ${url}/items: ${message}`,
    });
  });

  test('what may pass is tried again: statuses, broken connections, broken pages', async () => {
    const troubles = [
      (response: ServerResponse) => response.writeHead(503).end(),
      (response: ServerResponse) => response.destroy(),
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('[1,', () => response.destroy());
      },
    ];
    answer = (_request, response) => {
      const trouble = troubles.shift();
      if (trouble === undefined) json(response, [1, 2]);
      else trouble(response);
    };
    expect(await read({ url: `${url}/items`, pagination: { type: 'link' } })).toEqual([1, 2]);
    expect(asked).toHaveLength(4);
  });

  test.each([
    [404, 3, 'STORAGE_READ', 'answered 404: no such table'],
    [401, 7, 'CREDENTIALS', 'answered 401: no such table: verify the credentials'],
  ])(
    'status %i ends the run with exit code %i, and says what the server says (R-12)',
    async (status, exitCode, code, words) => {
      answer = (_request, response) => response.writeHead(status).end('no such\ntable');
      await expect(read({ url: `${url}/items?token=secret` })).rejects.toMatchObject({
        exitCode,
        code,
        message: `GET ${url}/items: ${words}`,
      });
      expect(asked).toHaveLength(1);
    },
  );

  test('an answer that breaks in the middle is no end of the input', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('1\n2\n', () => response.destroy());
    };
    await expect(read({ url: `${url}/items` })).rejects.toMatchObject({ exitCode: 3 });
  });

  test('through an endpoint its address and credentials are used, headers of the settings win', async () => {
    answer = (_request, response) => json(response, [1]);
    const dispatcher = new Agent();
    const its = testWork({
      openEndpoint: async ({ name, namespace }) => ({
        url: `${url}/base`,
        headers: { Authorization: `Bearer ${namespace}-${name}`, 'X-Of-Secret': 'yes' },
        dispatcher,
        close: () => dispatcher.close(),
      }),
    });
    const endpointRef = { name: 'server', namespace: 'data' };
    const input = await createInput({ endpointRef, path: '/items?a=1', headers: ['authorization: Basic own'] }, its);
    expect(await valuesOf(input)).toEqual([1]);
    expect(asked).toMatchObject([
      { url: '/base/items?a=1', headers: { authorization: 'Basic own', 'x-of-secret': 'yes' } },
    ]);
  });

  test.each([
    [{}, 'needs url, or endpointRef with path'],
    [{ url: 'ftp://x' }, 'url: got "ftp://x", must begin with http:// or https://'],
    [
      { url: 'http://x', pagination: { type: 'pages' } },
      'pagination.type: got "pages", allowed: none, link, cursor, offset, page',
    ],
    [{ url: 'http://user:password@x/' }, 'contract input.http: url: has a user in it, use endpointRef'],
    [{ url: 'http://x:port' }, 'contract input.http: url: is no address'],
    [{ url: 'http://x', items: '$..x' }, 'items: got "$..x", expected a JSONPath to one place'],
    [{ url: 'http://x', format: 'parquet' }, 'format: got "parquet", allowed: jsonl, json, csv, text'],
  ])('settings that can not be used are refused with exit code 2: %j', async (settings, message) => {
    await expect(createInput(settings, work())).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(message) as unknown,
    });
  });
});

describe('output', () => {
  const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `id-${from + at}`);

  async function write(settings: object, batches: readonly (readonly [first: number, last: number])[]): Promise<void> {
    const output: Output = await createOutput({ url: `${url}/results`, ...settings }, work());
    try {
      await output.open(never);
      for (const [first, last] of batches)
        await output.write(
          batchOf({ first, last }, (index) => index === 5),
          never,
        );
      await output.commit({ succeeded: 0, failed: 0 }, never);
    } finally {
      await output.close();
    }
  }

  test('requests have batchItems items and a key that is the same however the batches come', async () => {
    answer = (_request, response) => response.writeHead(204).end();
    await write({ batchItems: 10 }, [
      [0, 6],
      [7, 13],
      [14, 24],
    ]);
    const ofPreserved = asked.map(({ headers, body }) => [String(headers['idempotency-key']), body]);
    expect(ofPreserved.map(([key]) => key)).toEqual([
      '5be07ada-0123abcd-0:0-9',
      '5be07ada-0123abcd-0:10-19',
      '5be07ada-0123abcd-0:20-24',
    ]);
    const lines = ofPreserved.map(([, body]) => (body ?? '').split('\n').slice(0, -1));
    expect(lines.map((all) => all.map((line) => (JSON.parse(line) as { id: string }).id))).toEqual([
      ids(0, 10).filter((id) => id !== 'id-5'),
      ids(10, 20),
      ids(20, 25),
    ]);
    expect(asked[0]).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/x-ndjson' } });
    asked.length = 0;
    await write({ batchItems: 10 }, [
      [14, 24],
      [0, 6],
      [7, 13],
    ]);
    const byKey = (pairs: string[][]) => pairs.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    expect(byKey(asked.map(({ headers, body }) => [String(headers['idempotency-key']), body]))).toEqual(
      byKey(ofPreserved),
    );
  });

  test('a template makes the body', async () => {
    answer = (_request, response) => response.end('ok');
    const bodyTemplate = '{"run":"{{executionId}}","range":[{{first}},{{last}}],"n":{{count}},"rows":"{{items}}"}';
    await write({ bodyTemplate, method: 'PUT', idempotencyHeader: 'X-Request-Key' }, [[0, 1]]);
    expect(asked).toMatchObject([
      { method: 'PUT', headers: { 'content-type': 'application/json', 'x-request-key': '5be07ada-0123abcd-0:0-1' } },
    ]);
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
      run: '5be07ada-0123abcd-0',
      range: [0, 1],
      n: 2,
      rows: [
        { id: 'id-0', predictions: [0, 0] },
        { id: 'id-1', predictions: [1, 2] },
      ],
    });
  });

  test('a request that failed is made again with the same key', async () => {
    answer = (_request, response) => response.writeHead(asked.length < 3 ? 503 : 200).end();
    await write({ format: 'json' }, [[0, 4]]);
    expect(asked.map(({ headers }) => headers['idempotency-key'])).toEqual(Array(3).fill('5be07ada-0123abcd-0:0-4'));
    expect(new Set(asked.map(({ body }) => body)).size).toBe(1);
    expect(JSON.parse(asked[0]?.body ?? '')).toHaveLength(5);
  });

  test('a refusal ends the run with exit code 5', async () => {
    answer = (_request, response) => response.writeHead(422).end('{"error":"no such column"}');
    await expect(write({}, [[0, 4]])).rejects.toMatchObject({
      exitCode: 5,
      code: 'STORAGE_WRITE',
      message: `POST ${url}/results: answered 422: {"error":"no such column"}`,
    });
  });

  test('a template without items is refused with exit code 2', async () => {
    await expect(createOutput({ url, bodyTemplate: '{}' }, work())).rejects.toMatchObject({ exitCode: 2 });
  });
});
