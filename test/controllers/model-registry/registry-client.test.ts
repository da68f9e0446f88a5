import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RegistryClient } from '../../../controllers/model-registry/registry-client';
import { registryConnections } from '../../../controllers/model-registry/registry-connections';

/** Answers that no faithful registry gives need a server that says exactly what a test wants. */
let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let client: RegistryClient;
const seen: { method: string; url: string; headers: IncomingMessage['headers'] }[] = [];
const dispatcher = registryConnections({ skipTlsVerify: false, caFiles: [], connectTimeoutSeconds: 1 });
const signal = new AbortController().signal;

/** jest types its matchers as any. */
const text = {
  stringMatching: (pattern: string): unknown => expect.stringMatching(pattern),
  stringContaining: (part: string): unknown => expect.stringContaining(part),
};

const options = (baseUrl: string) => ({
  baseUrl,
  apiVersion: 'v1alpha3',
  dispatcher,
  requestTimeoutMs: 500,
  userAgent: 'slipway/test',
  now: () => performance.now(),
});

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new RegistryClient(options(`http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix`));
});

afterAll(async () => {
  await dispatcher.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  seen.length = 0;
});

const reply = (status: number, body: string, headers: Record<string, string> = {}) => {
  answer = (_, response) => response.writeHead(status, headers).end(body);
};

describe('the registry client', () => {
  it('asks below the base path and encodes names', async () => {
    reply(200, JSON.stringify({ id: '3', name: 'iris/uid-1' }));
    await client.findInferenceService('iris/uid-1', '7', signal);
    expect(seen[0]?.url).toBe(
      '/prefix/api/model_registry/v1alpha3/inference_service?name=iris%2Fuid-1&parentResourceId=7',
    );
    expect(seen[0]?.headers).toMatchObject({ accept: 'application/json', 'user-agent': 'slipway/test' });
    expect(seen[0]?.headers.authorization).toBeUndefined();
  });

  it('reads the token for each request', async () => {
    reply(404, '');
    let token = 'first';
    const withToken = new RegistryClient({ ...options(client.baseUrl), token: async () => token });
    await withToken.getInferenceService('1', signal);
    token = 'second';
    await withToken.getInferenceService('1', signal);
    expect(seen.map((request) => request.headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
  });

  it.each([
    ['an empty body', ''],
    ['plain text', '404 page not found'],
    ['JSON', '{"code":"Not Found","message":"no such"}'],
  ])('takes 404 with %s for "not there"', async (_, body) => {
    reply(404, body);
    await expect(client.getInferenceService('1', signal)).resolves.toBeUndefined();
  });

  it('does not take a similar name for the wanted one', async () => {
    reply(200, JSON.stringify({ id: '3', name: 'IRIS/uid-1' }));
    await expect(client.findInferenceService('iris/uid-1', '7', signal)).resolves.toBeUndefined();
  });

  it.each([
    [409, 'conflict'],
    [400, 'rejected'],
    [422, 'rejected'],
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [429, 'unavailable'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [302, 'invalid-answer'],
  ])('tells %i as %s with the message of the registry', async (status, failure) => {
    reply(status, JSON.stringify({ code: 'x', message: 'because: reason' }));
    const failed = client.createServingEnvironment('ml-models', 'text', signal);
    await expect(failed).rejects.toMatchObject({
      failure,
      message: text.stringMatching(
        `^creating serving environment at http.*/serving_environments: ${status} because: reason$`,
      ),
    });
  });

  it('passes on how long to wait', async () => {
    reply(503, 'Datastore service is down', { 'retry-after': '7' });
    await expect(client.getInferenceService('1', signal)).rejects.toMatchObject({ retryAfterSeconds: 7 });
  });

  it.each([
    ['HTML', '<html><body>Sign in</body></html>'],
    ['nothing', ''],
    ['a record without id', '{"name":"iris"}'],
    ['an id that is no number', '{"id":"x"}'],
  ])('refuses 200 with %s', async (_, body) => {
    reply(200, body);
    await expect(client.getInferenceService('1', signal)).rejects.toMatchObject({
      failure: 'invalid-answer',
      message: text.stringContaining('is this a Model Registry?'),
    });
  });

  it('gives up on an answer that does not come', async () => {
    answer = () => undefined;
    await expect(client.getInferenceService('1', signal)).rejects.toMatchObject({
      failure: 'unavailable',
      message: text.stringContaining('no complete answer within 0.5 s'),
    });
  });

  it('tells a connection that is closed half-way as unavailable', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"id":', () => response.socket?.destroy());
    };
    await expect(client.getInferenceService('1', signal)).rejects.toMatchObject({ failure: 'unavailable' });
  });

  it('names the address that refuses connections', async () => {
    const nobody = new RegistryClient(options('http://127.0.0.1:1'));
    await expect(nobody.getInferenceService('1', signal)).rejects.toThrow(/127\.0\.0\.1:1.*ECONNREFUSED/);
  });

  it('never shows the token in an error', async () => {
    reply(401, 'no');
    const withToken = new RegistryClient({ ...options(client.baseUrl), token: async () => 'very-secret' });
    await expect(withToken.getInferenceService('1', signal)).rejects.not.toThrow(/very-secret/);
  });
});
