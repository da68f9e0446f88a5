import { Agent } from 'undici';
import type { Contract } from '../../../../definitions/inference/contract';
import { ItemError } from '../../../../controllers/runner/item';
import type { JsonValue } from '../../../../controllers/runner/json';
import type { ModelClient, Prediction } from '../../../../controllers/runner/model-client';
import { askModel } from '../../../../controllers/runner/model/model-connection';
import { realClock } from '../../../../controllers/runtime/clock';
import { createModelClient } from '../../../../controllers/runner/model/model-client-of';
import { tooMany, poison, unavailable } from '../../../doubles/model-server/faults';
import {
  startModelServer,
  type ModelServer,
  type ModelServerOptions,
} from '../../../doubles/model-server/model-server';
import { forecast } from '../../../doubles/model-server/models';
import { hurriedClock } from '../../storage-initializer/hurried-clock';
import { itemsOf, workOf, type WorkOptions } from './work-of';

const never = new AbortController().signal;
const ttmPath = '/v2/models/granite-timeseries-ttm-r2/infer';
const irisPath = '/v2/models/sklearn-iris/infer';
const identityPath = '/v2/models/identity/infer';

let server: ModelServer;
const clients: ModelClient[] = [];

async function serve(options: ModelServerOptions = {}): Promise<void> {
  server = await startModelServer(options);
}

/** A client of the server at this path, prepared. */
async function clientOf(
  path: string,
  kserve: Partial<Contract['kserve']> = {},
  options: WorkOptions = {},
): Promise<ModelClient> {
  const client = createModelClient(workOf({ modelUrl: `${server.url}${path}`, ...kserve }, options));
  clients.push(client);
  await client.prepare(never);
  return client;
}

async function inferred(
  client: ModelClient,
  values: readonly JsonValue[],
): Promise<readonly (JsonValue | ItemError)[]> {
  const results: readonly (Prediction | ItemError)[] = await client.infer(itemsOf(values), never);
  return results.map((result) => (result instanceof ItemError ? result : result.predictions));
}

function sentBody(call = 0): unknown {
  return JSON.parse(server.calls[call]?.body.toString('utf8') ?? '') as unknown;
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await server.close();
});

describe('requests in the shape that models expect', () => {
  const past = Array.from({ length: 512 }, (_, index) => index + 0.25);

  it('sends a time series as nested rows of shape [1,512,1], which metadata asks for (AT-30) (R-06)', async () => {
    await serve();
    const client = await clientOf(ttmPath, { modelInputName: 'past_values' }, { input: 'krateo' });
    const [prediction] = await inferred(client, [past]);
    expect(sentBody()).toEqual({
      id: 'aabbccdd-11223344-0:0-0',
      inputs: [{ name: 'past_values', shape: [1, 512, 1], datatype: 'FP32', data: [past] }],
    });
    expect(prediction).toEqual(forecast(past).map((value) => [value]));
  });

  it('takes the shape of the config where the model tells none', async () => {
    await serve({ metadata: false });
    const client = await clientOf(ttmPath, { inputs: [{ name: 'past_values', shape: [-1, 512, 1] }] });
    await inferred(client, [past, past]);
    expect(sentBody()).toMatchObject({ inputs: [{ shape: [2, 512, 1], data: [past, past] }] });
  });

  it('sends rows as [rows,columns] to a model that tells nothing, and keeps labels whole numbers (AT-31) (R-04)', async () => {
    await serve();
    const client = await clientOf(irisPath, { modelInputName: 'input-0' }, { input: 'krateo' });
    const rows = [
      [6.8, 2.8, 4.8, 1.4],
      [6, 3.4, 4.5, 1.9],
      [5.1, 3.5, 1.4, 0.2],
    ];
    expect(await inferred(client, rows)).toEqual([1, 2, 0]);
    expect(sentBody()).toEqual({
      id: 'aabbccdd-11223344-0:0-2',
      inputs: [{ name: 'input-0', shape: [3, 4], datatype: 'FP32', data: rows }],
    });
  });

  it('speaks protocol v1', async () => {
    await serve();
    const client = await clientOf('/v1/models/sklearn-iris:predict', { instances: { signature_name: 'x' } });
    expect(await inferred(client, [[6.8, 2.8, 4.8, 1.4]])).toEqual([1]);
    expect(sentBody()).toEqual({ signature_name: 'x', instances: [[6.8, 2.8, 4.8, 1.4]] });
  });

  it('names several tensors by the members of an item, and gives all outputs (R-04)', async () => {
    await serve();
    const client = await clientOf('/v2/models/pair/infer');
    const predictions = await inferred(client, [
      { width: 1.5, label: 'a' },
      { width: 2, label: 'b' },
    ]);
    expect(predictions).toEqual([
      { double: [3], shout: ['A'] },
      { double: [4], shout: ['B'] },
    ]);
  });

  it('keeps and renames the outputs that the config selects', async () => {
    await serve();
    const client = await clientOf('/v2/models/pair/infer', { outputs: [{ name: 'shout', as: 'loud' }] });
    expect(await inferred(client, [{ width: 1.5, label: 'a' }])).toEqual([{ loud: ['A'] }]);
    expect(sentBody()).toMatchObject({ outputs: [{ name: 'shout' }] });
  });

  it('gives metadata and the raw slice to outputs that include them', async () => {
    await serve();
    const client = await clientOf(irisPath, {}, { output: { log: { include: ['id', 'metadata', 'raw'] } } });
    expect(await client.infer(itemsOf([[5.1, 3.5, 1.4, 0.2]]), never)).toEqual([
      {
        predictions: 0,
        metadata: { model_name: 'sklearn-iris', model_version: '1' },
        raw: { outputs: [{ name: 'predict', datatype: 'INT64', shape: [1], data: [0] }] },
      },
    ]);
  });
});

describe('values that must not change', () => {
  const large = [9007199254740993n, -9223372036854775808n, 9223372036854775807n, 1];

  it.each(['off', 'on'] as const)('brings 64-bit numbers there and back, binary %s (AT-42) (R-04)', async (binary) => {
    await serve();
    const client = await clientOf(identityPath, { v2: { binary } });
    expect(await inferred(client, [large, large])).toEqual([large, large]);
  });

  it('announces binary tensors with their length (AT-42)', async () => {
    await serve();
    const client = await clientOf(identityPath, { v2: { binary: 'on' } });
    await inferred(client, [[1, 2]]);
    const [call] = server.calls;
    const length = Number(call?.headers['inference-header-content-length']);
    expect(JSON.parse(call?.body.subarray(0, length).toString() ?? '')).toEqual({
      id: 'aabbccdd-11223344-0:0-0',
      parameters: { binary_data_output: true },
      inputs: [{ name: 'INPUT0', shape: [1, 2], datatype: 'INT64', parameters: { binary_data_size: 16 } }],
    });
    expect(call?.body.subarray(length)).toEqual(Buffer.from('01000000000000000200000000000000', 'hex'));
  });

  it.each<[datatype: 'FP16' | 'BF16' | 'FP64' | 'UINT64' | 'BOOL' | 'BYTES' | 'INT8', values: JsonValue[]]>([
    ['FP16', [1.5, -65504]],
    ['BF16', [1.5, -2]],
    ['FP64', [0.1, 1e300]],
    ['UINT64', [18446744073709551615n, 0]],
    ['BOOL', [true, false]],
    ['BYTES', ['Grüße', '']],
    ['INT8', [-128, 127]],
  ])('brings %s there and back in binary form', async (datatype, values) => {
    await serve();
    const client = await clientOf(identityPath, { v2: { binary: 'on' }, inputs: [{ datatype }] });
    expect(await inferred(client, [values])).toEqual([values]);
  });
});

describe('items that can’t be sent', () => {
  it('names exactly those, and asks about the others (ITEM_INVALID)', async () => {
    await serve();
    const client = await clientOf(irisPath, {});
    const results = await inferred(client, [
      [6.8, 2.8, 4.8, 1.4],
      [6.8, null, 4.8, 1.4],
      [6.8, 2.8, 4.8],
      [6.8, 'x', 4.8, 1.4],
      [5.1, 3.5, 1.4, 0.2],
    ]);
    expect(results.map((result) => (result instanceof ItemError ? result.message : result))).toEqual([
      1,
      'item 1: input input-0: has null where a value of FP32 is expected',
      'item 2: has values of shape [3] where most items of the batch have [4]',
      'item 3: input input-0: has text where a value of FP32 is expected',
      0,
    ]);
    expect(results.filter((result) => result instanceof ItemError)).toEqual(
      Array.from({ length: 3 }, (): unknown => expect.objectContaining({ code: 'ITEM_INVALID', itemAtFault: true })),
    );
  });

  it('sends rows of different lengths in requests of their own where the model takes any length', async () => {
    await serve();
    const client = await clientOf(identityPath);
    expect(await inferred(client, [[1, 2], [3], [4, 5]])).toEqual([[1, 2], [3], [4, 5]]);
    expect(server.calls.map((_, call) => sentBody(call))).toMatchObject([
      { id: 'aabbccdd-11223344-0:0-2', inputs: [{ shape: [2, 2] }] },
      { id: 'aabbccdd-11223344-0:1-1', inputs: [{ shape: [1, 1] }] },
    ]);
  });

  it('makes null zero for kind krateo, as upstream does', async () => {
    await serve();
    const client = await clientOf(irisPath, {}, { input: 'krateo' });
    await inferred(client, [[6.8, null, 4.8, 1.4]]);
    expect(sentBody()).toMatchObject({ inputs: [{ data: [[6.8, 0, 4.8, 1.4]] }] });
  });

  it('fails a batch with a refused item, which fails alone (HTTP_400)', async () => {
    await serve();
    const client = await clientOf(irisPath);
    await expect(inferred(client, [[poison, 1, 1, 1]])).rejects.toMatchObject({
      code: 'HTTP_400',
      itemAtFault: true,
      message: `POST ${server.url}${irisPath}: 400 Bad Request: could not convert value ${poison}`,
    });
  });
});

describe('failed requests', () => {
  it('are tried again: twice 503, then success (AT-34) (R-02)', async () => {
    await serve();
    const client = await clientOf(irisPath);
    server.inject(...unavailable(2));
    expect(await inferred(client, [[5.1, 3.5, 1.4, 0.2]])).toEqual([0]);
    expect(client.statistics).toMatchObject({ requests: 3, retries: 2 });
    const ids = server.calls.map(({ headers }) => headers['x-request-id']);
    expect(ids).toEqual(Array(3).fill('aabbccdd-11223344-0:0-0'));
  });

  it.each(['reset', 'half'] as const)('are tried again after a connection that is %s', async (kind) => {
    await serve();
    const client = await clientOf(irisPath);
    server.inject({ kind });
    expect(await inferred(client, [[5.1, 3.5, 1.4, 0.2]])).toEqual([0]);
    expect(client.statistics.retries).toBe(1);
  });

  it('end after the last try (HTTP_503), which is no fault of the item', async () => {
    await serve();
    const client = await clientOf(irisPath, {}, { execution: { retry: { maxAttempts: 2 } } });
    server.inject(...unavailable(2));
    await expect(inferred(client, [[5.1, 3.5, 1.4, 0.2]])).rejects.toMatchObject({
      code: 'HTTP_503',
      itemAtFault: false,
    });
    expect(client.statistics).toMatchObject({ requests: 2, retries: 1 });
  });

  it('wait as long as Retry-After says (AT-34)', async () => {
    await serve();
    const waits: number[] = [];
    const clock = {
      ...hurriedClock,
      setTimer: (ms: number, callback: () => void) => {
        waits.push(ms);
        return hurriedClock.setTimer(ms, callback);
      },
    };
    const client = await clientOf(irisPath, {}, { clock, execution: { requestTimeoutSeconds: 500 } });
    const asked = waits.length;
    server.inject(tooMany('7'), tooMany('9999'));
    const soon = new AbortController();
    const done = client.infer(itemsOf([[5.1, 3.5, 1.4, 0.2]]), soon.signal);
    while (!waits.slice(asked).includes(300_000)) await new Promise((resolve) => setTimeout(resolve, 5));
    soon.abort(new Error('seen enough'));
    await expect(done).rejects.toThrow('seen enough');
    expect(waits.slice(asked).filter((ms) => ms !== 500_000)).toEqual([7000, 300_000]);
  });

  it('are not tried again when credentials are refused: exit 7', async () => {
    await serve({ authorization: 'Bearer right' });
    const client = await clientOf(irisPath, { headers: ['Authorization: Bearer wrong'] });
    await expect(inferred(client, [[5.1, 3.5, 1.4, 0.2]])).rejects.toMatchObject({
      exitCode: 7,
      code: 'CREDENTIALS',
      message: expect.not.stringContaining('wrong;') as string,
    });
    expect(client.statistics.requests).toBe(1);
  });

  it('time out as a whole (TIMEOUT)', async () => {
    await serve();
    const client = await clientOf(
      irisPath,
      {},
      { execution: { requestTimeoutSeconds: 1, retry: { maxAttempts: 1 } }, clock: hurriedClock },
    );
    server.inject({ kind: 'silence' });
    await expect(inferred(client, [[5.1, 3.5, 1.4, 0.2]])).rejects.toMatchObject({
      code: 'TIMEOUT',
      itemAtFault: false,
    });
  });

  it('end with exit 7 at the first try when TLS can’t work', async () => {
    await serve();
    const client = await clientOf('', { modelUrl: `${server.url.replace('http:', 'https:')}${irisPath}` });
    await expect(inferred(client, [[5.1, 3.5, 1.4, 0.2]])).rejects.toMatchObject({
      exitCode: 7,
      code: 'CREDENTIALS',
      message: expect.stringContaining('does the server speak HTTPS?') as string,
    });
    expect(client.statistics).toMatchObject({ requests: 1, retries: 0 });
  });

  it('tell what the server says, in one line, without secrets, cut to 200 characters', async () => {
    await serve();
    const client = await clientOf(irisPath);
    const error = `no\nroom for Bearer abcdefghijklmnop ${'x'.repeat(5000)}`;
    server.inject({ kind: 'status', status: 418, body: JSON.stringify({ error }) });
    const refused = inferred(client, [[5.1, 3.5, 1.4, 0.2]]);
    const said = `no room for Bearer [redacted] ${'x'.repeat(200)}`;
    await expect(refused).rejects.toMatchObject({
      code: 'HTTP_418',
      message: `POST ${server.url}${irisPath}: 418 I'm a Teapot: ${said.slice(0, 199)}…`,
    });
  });

  it('say NETWORK when nobody listens', async () => {
    await serve();
    const client = await clientOf(irisPath, {}, { execution: { retry: { maxAttempts: 1 } } });
    await server.close();
    await expect(inferred(client, [[5.1, 3.5, 1.4, 0.2]])).rejects.toMatchObject({ code: 'NETWORK' });
    await serve();
  });

  it('are the item’s fault when it is too large (HTTP_413)', async () => {
    await serve({ largestBody: 100 });
    const client = await clientOf(irisPath);
    await expect(inferred(client, Array(20).fill([5.1, 3.5, 1.4, 0.2]))).rejects.toMatchObject({
      code: 'HTTP_413',
      itemAtFault: true,
    });
  });
});

describe('a model behind an endpoint Secret', () => {
  it('is asked with its address, credentials and connections, which are let go at the end', async () => {
    await serve({ authorization: 'Bearer of-the-secret' });
    const dispatcher = new Agent();
    const closed: string[] = [];
    const endpoint = {
      url: server.url,
      headers: { Authorization: 'Bearer of-the-secret' },
      dispatcher,
      close: async () => {
        closed.push('endpoint');
        await dispatcher.destroy();
      },
    };
    const kserve = { modelName: 'sklearn-iris', endpointRef: { name: 'model', namespace: 'ns' } };
    const client = createModelClient(workOf(kserve, { endpoint }));
    await client.prepare(never);
    expect(await inferred(client, [[5.1, 3.5, 1.4, 0.2]])).toEqual([0]);
    await client.close();
    expect(closed).toEqual(['endpoint']);
  });
});

describe('a dry run', () => {
  it('checks items and sends nothing', async () => {
    await serve();
    const client = await clientOf(irisPath, {}, { execution: { dryRun: true, readiness: { waitSeconds: 300 } } });
    await server.close();
    expect(
      await inferred(client, [
        [1, 2],
        ['x', 2],
      ]),
    ).toEqual([null, expect.any(ItemError)]);
    expect(client.statistics.requests).toBe(0);
    await serve();
  });
});

describe('answers that are none', () => {
  it.each([irisPath, '/v1/models/sklearn-iris:predict'])(
    'about fewer items at %s are OUTPUT_MISMATCH',
    async (path) => {
      await serve();
      const client = await clientOf(path);
      server.inject({ kind: 'short' });
      await expect(
        inferred(client, [
          [5.1, 3.5, 1.4, 0.2],
          [5.1, 3.5, 1.4, 0.2],
        ]),
      ).rejects.toMatchObject({
        code: 'OUTPUT_MISMATCH',
      });
    },
  );

  it.each([
    ['<html>a page</html>', /not JSON.*<html>a page/],
    ['{"error":"out of memory"}', /no predictions: out of memory/],
    ['{"outputs":[]}', /no predictions/],
    ['', /it is empty/],
  ])('such as %s are MODEL_ERROR', async (body, words) => {
    await serve();
    const client = await clientOf(irisPath);
    server.inject({ kind: 'body', body });
    await expect(inferred(client, [[5.1, 3.5, 1.4, 0.2]])).rejects.toMatchObject({
      code: 'MODEL_ERROR',
      message: expect.stringMatching(words) as string,
    });
  });

  it('with a binary part that is shorter than said are MODEL_ERROR', async () => {
    await serve();
    const client = await clientOf(irisPath);
    const headers = { 'inference-header-content-length': '9999' };
    server.inject({ kind: 'status', status: 200, headers, body: '{}' });
    await expect(inferred(client, [[5.1, 3.5, 1.4, 0.2]])).rejects.toMatchObject({
      code: 'MODEL_ERROR',
      message: 'inference-header-content-length: 9999 in an answer of 2 bytes',
    });
  });

  it('larger than an answer may be are not read to the end', async () => {
    await serve();
    const dispatcher = new Agent();
    const url = new URL(`${server.url}/v2/models/sklearn-iris`);
    const request = { method: 'GET' as const, url, headers: {}, timeoutMs: 10_000, largestAnswer: 10 };
    await expect(askModel({ dispatcher }, realClock, request, never)).rejects.toMatchObject({ code: 'MODEL_ERROR' });
    await dispatcher.destroy();
  });

  it('with NaN, which Python writes, give null', async () => {
    await serve();
    const client = await clientOf(irisPath);
    server.inject({
      kind: 'body',
      body: '{"outputs":[{"name":"NaN","datatype":"FP32","shape":[1,3],"data":[NaN,-Infinity,1]}]}',
    });
    expect(await inferred(client, [[5.1, 3.5, 1.4, 0.2]])).toEqual([[null, null, 1]]);
  });
});

describe('waiting for a model', () => {
  it('takes until it is ready', async () => {
    await serve({ looksUntilReady: 3 });
    const client = await clientOf(
      irisPath,
      {},
      { execution: { readiness: { waitSeconds: 300 } }, clock: hurriedClock },
    );
    expect(await inferred(client, [[5.1, 3.5, 1.4, 0.2]])).toEqual([0]);
  });

  it('ends with exit 4 when the time is over', async () => {
    await serve({ looksUntilReady: 1e9 });
    const execution = { readiness: { waitSeconds: 1, pollSeconds: 1 } };
    await expect(clientOf(irisPath, {}, { execution, clock: hurriedClock })).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('the model is not ready after 1 s (execution.readiness.waitSeconds)') as string,
    });
  });

  it('ends with exit 7 when credentials are refused', async () => {
    await serve({ authorization: 'Bearer right' });
    const execution = { readiness: { waitSeconds: 300 } };
    await expect(clientOf(irisPath, {}, { execution })).rejects.toMatchObject({ exitCode: 7, code: 'CREDENTIALS' });
  });

  it('is not needed at a server without readiness call that describes the model', async () => {
    await serve({ readinessStatus: 404 });
    const execution = { readiness: { waitSeconds: 3600, pollSeconds: 3600 } };
    const client = await clientOf(irisPath, {}, { execution });
    expect(await inferred(client, [[5.1, 3.5, 1.4, 0.2]])).toEqual([0]);
  });

  it('ends with asking anyway where a server tells neither', async () => {
    await serve({ readinessStatus: 404, metadata: false });
    const execution = { readiness: { waitSeconds: 1, pollSeconds: 1 } };
    const client = await clientOf(irisPath, {}, { execution, clock: hurriedClock });
    expect(await inferred(client, [[5.1, 3.5, 1.4, 0.2]])).toEqual([0]);
  });
});
