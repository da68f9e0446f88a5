import { createServer, type RequestListener, type Server } from 'node:http';
import { ApiConnectionError, ApiError } from '../../../controllers/runtime/api-error';
import type { WatchEvent } from '../../../controllers/runtime/watch-event';
import { listen } from '../../../controllers/runtime/bind-address';
import { testCluster } from '../../cluster/test-cluster';
import { collected } from './collected';
import { configMaps, runtimeClient, type ConfigMap } from './runtime-client';

const cluster = testCluster();
const { client, connection, metrics } = runtimeClient({ url: cluster.url, ca: cluster.ca, token: cluster.adminToken });
let namespace: string;

beforeAll(async () => {
  namespace = await cluster.namespace('client');
});
afterAll(() => connection.close());

const configMap = (name: string, data: Record<string, string>): ConfigMap => ({ metadata: { name, namespace }, data });

describe('on the API server', () => {
  it('creates, reads, replaces and deletes an object', async () => {
    const created = await client.create(configMaps, configMap('life', { a: '1' }));
    expect(created).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { a: '1' } });
    const updated = await client.update(configMaps, { ...created, data: { b: '2' } });
    expect(await client.get(configMaps, updated.metadata)).toEqual(updated);
    await client.delete(configMaps, updated.metadata, { uid: updated.metadata.uid });
    expect(await client.get(configMaps, updated.metadata)).toBeUndefined();
    await client.delete(configMaps, updated.metadata);
  });

  it('applies as the owner of its fields, and takes over those of others only by force', async () => {
    const wanted = configMap('applied', { colour: 'blue' });
    await client.apply(configMaps, wanted, { fieldManager: 'one' });
    const other = configMap('applied', { colour: 'red' });
    await expect(client.apply(configMaps, other, { fieldManager: 'two' })).rejects.toMatchObject({
      status: 409,
      reason: 'Conflict',
    });
    const forced = await client.apply(configMaps, other, { fieldManager: 'two', force: true });
    expect(forced.data).toEqual({ colour: 'red' });
    const again = await client.apply(configMaps, other, { fieldManager: 'two', force: true });
    expect(again.metadata.resourceVersion).toBe(forced.metadata.resourceVersion);
  });

  it('merges a patch, and refuses it when the object has changed since', async () => {
    const before = await client.create(configMaps, configMap('patched', { a: '1', b: '1' }));
    const { resourceVersion } = before.metadata;
    const patched = await client.mergePatch(
      configMaps,
      before.metadata,
      { data: { a: null, c: '1' } },
      { resourceVersion },
    );
    expect(patched.data).toEqual({ b: '1', c: '1' });
    const stale = client.mergePatch(configMaps, before.metadata, { data: { d: '1' } }, { resourceVersion });
    await expect(stale).rejects.toThrow(
      new RegExp(`^patching configmaps/patched in ${namespace}: 409 Conflict: Operation cannot be fulfilled`),
    );
    await expect(stale).rejects.toBeInstanceOf(ApiError);
  });

  it('refuses to delete another object of the same name', async () => {
    const { metadata } = await client.create(configMaps, configMap('twin', {}));
    const deletion = client.delete(configMaps, metadata, { uid: '00000000-0000-0000-0000-000000000000' });
    await expect(deletion).rejects.toMatchObject({ status: 409 });
    expect(await client.get(configMaps, metadata)).toBeDefined();
  });

  it('lists by label, page by page', async () => {
    for (const name of ['page-1', 'page-2', 'page-3']) {
      await cluster.create({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace, labels: { of: 'pages' } },
      });
    }
    const first = await client.list(configMaps, { namespace, labelSelector: 'of=pages', limit: 2 });
    const rest = await client.list(configMaps, {
      namespace,
      labelSelector: 'of=pages',
      limit: 2,
      continue: first.metadata.continue,
    });
    expect([first, rest].map(({ items }) => items.map(({ metadata }) => metadata.name))).toEqual([
      ['page-1', 'page-2'],
      ['page-3'],
    ]);
    expect(rest.metadata.continue).toBeUndefined();
  });

  it('watches from a version, and ends without error when the server does', async () => {
    const { metadata } = await client.list(configMaps, { namespace, labelSelector: 'watched' });
    const abort = new AbortController();
    const events = await client.watch(configMaps, {
      namespace,
      labelSelector: 'watched',
      resourceVersion: metadata.resourceVersion ?? '',
      timeoutSeconds: 2,
      signal: abort.signal,
    });
    const labels = { watched: '' };
    const { metadata: made } = await client.create(configMaps, { metadata: { name: 'watched', namespace, labels } });
    await client.mergePatch(configMaps, made, { data: { text: 'zwölf 🦊' } });
    await client.delete(configMaps, made);
    const seen: WatchEvent<ConfigMap>[] = await collected(events);
    const changes = seen.filter(({ type }) => type !== 'BOOKMARK');
    expect(changes.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    expect(changes[1]).toMatchObject({ object: { data: { text: 'zwölf 🦊' } } });
    abort.abort();
  });

  it('names a kind that the API does not have', async () => {
    const ships = { group: 'sea.example', version: 'v1', kind: 'Ship', plural: 'ships', scope: 'Namespaced' } as const;
    await expect(client.get(ships, { name: 'a', namespace })).rejects.toThrow(
      `getting ships/a in ${namespace}: 404 Not Found: "404 page not found"`,
    );
    await expect(client.list(ships)).rejects.toThrow('listing ships in all namespaces: 404');
  });

  it('says who is not allowed to do what', async () => {
    const account = await cluster.serviceAccount(namespace, 'nobody');
    const nobody = runtimeClient({ url: cluster.url, ca: cluster.ca, token: account.token });
    await expect(nobody.client.list(configMaps, { namespace })).rejects.toThrow(
      `listing configmaps in ${namespace}: 403 Forbidden: configmaps is forbidden: User "${account.username}" cannot list`,
    );
    await nobody.connection.close();
  });

  it('refuses a namespaced kind without namespace before it asks', async () => {
    await expect(client.get(configMaps, { name: 'a' })).rejects.toThrow('the kind is namespaced, give a namespace');
  });

  it('counts requests by status code, method and host', async () => {
    const text = await metrics.text();
    const host = new URL(cluster.url).host;
    expect(text).toMatch(new RegExp(`rest_client_requests_total\\{code="201",method="POST",host="${host}"\\} [1-9]`));
    expect(text).toMatch(new RegExp(`rest_client_requests_total\\{code="409",method="PATCH",host="${host}"\\} [1-9]`));
  });

  it('is cut off from writing, but not from reading, when writing is not allowed', async () => {
    const guarded = runtimeClient(
      { url: cluster.url, ca: cluster.ca, token: cluster.adminToken },
      {
        beforeWrite: () => {
          throw new Error('lease lost');
        },
      },
    );
    await expect(guarded.client.create(configMaps, configMap('forbidden', {}))).rejects.toThrow('lease lost');
    expect(await guarded.client.get(configMaps, { name: 'forbidden', namespace })).toBeUndefined();
    await guarded.connection.close();
  });
});

describe('with a server in trouble', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  async function clientOf(answer: RequestListener, requestTimeoutMs?: number) {
    const server = createServer(answer);
    servers.push(server);
    const url = `http://${await listen(server, { host: '127.0.0.1', port: 0 }, 'a test')}`;
    return runtimeClient(
      { url, ca: cluster.ca, token: 'secret' },
      requestTimeoutMs === undefined ? {} : { requestTimeoutMs },
    );
  }

  const ref = { name: 'iris', namespace: 'ml' };

  it('waits as long as an overloaded server asks for, and tries again', async () => {
    const times: number[] = [];
    const { client: patient, connection: own } = await clientOf((_, response) => {
      times.push(performance.now());
      if (times.length < 3) response.writeHead(times.length === 1 ? 429 : 503, { 'retry-after': '1' }).end();
      else response.end(JSON.stringify({ metadata: { name: 'iris' } }));
    });
    expect(await patient.get(configMaps, ref)).toEqual({ metadata: { name: 'iris' } });
    expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(1900);
    await own.close();
  });

  it('leaves long waits to its caller', async () => {
    const { client: patient, connection: own } = await clientOf((_, response) =>
      response.writeHead(429, { 'retry-after': '120' }).end('{"kind":"Status","code":429,"reason":"TooManyRequests"}'),
    );
    await expect(patient.get(configMaps, ref)).rejects.toMatchObject({
      message: 'getting configmaps/iris in ml: 429 TooManyRequests',
      retryAfterSeconds: 120,
    });
    await own.close();
  });

  it('gives up on an answer that does not come in time', async () => {
    const { client: hasty, connection: own } = await clientOf(() => undefined, 100);
    await expect(hasty.get(configMaps, ref)).rejects.toThrow(
      /^getting configmaps\/iris in ml: no complete answer: not done within 0.1 s \(API server http:\/\/127.0.0.1:\d+\)$/,
    );
    await own.close();
  });

  it('says what came when it is no JSON', async () => {
    const { client: misled, connection: own } = await clientOf((_, response) => response.end('<html>log in</html>'));
    const get = misled.get(configMaps, ref);
    await expect(get).rejects.toThrow('getting configmaps/iris in ml: the answer is not JSON: "<html>log in</html>"');
    await expect(get).rejects.toBeInstanceOf(ApiConnectionError);
    await own.close();
  });

  it('says that nobody listens', async () => {
    const { client: lonely, connection: own } = await clientOf(() => undefined);
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    await expect(lonely.get(configMaps, ref)).rejects.toThrow(/^getting configmaps\/iris in ml: connect ECONNREFUSED/);
    await own.close();
  });

  it('ends a request with the reason its caller gives', async () => {
    const { client: stopped, connection: own } = await clientOf(() => undefined);
    const abort = new AbortController();
    const get = stopped.get(configMaps, ref, { signal: abort.signal });
    abort.abort(new Error('stopping'));
    await expect(get).rejects.toThrow('stopping');
    await own.close();
  });

  it('sends its token and its name with each request', async () => {
    const { client: polite, connection: own } = await clientOf((request, response) =>
      response.end(JSON.stringify({ metadata: { name: 'iris', annotations: request.headers } })),
    );
    const answer = await polite.get(configMaps, ref);
    expect(answer?.metadata.annotations).toMatchObject({
      authorization: 'Bearer secret',
      'user-agent': 'slipway/test',
    });
    await own.close();
  });
});
