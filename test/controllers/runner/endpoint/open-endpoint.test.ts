import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint } from '../../../../controllers/runner/endpoint';
import { endpointsOf } from '../../../../controllers/runner/endpoint/open-endpoint';
import type { SecretValues } from '../../../../controllers/runner/endpoint/secret-values';
import { realClock } from '../../../../controllers/runtime/clock';
import { selfSignedCertificate } from '../../../../controllers/runtime/self-signed-certificate';
import { testCluster } from '../../../cluster/test-cluster';
import { startSocksProxy } from '../../../doubles/socks-proxy/socks-proxy';
import { startProxyServer } from '../../../storage-servers/proxy-server';
import { startVersitygw } from '../../../storage-servers/versitygw';
import { logLines } from '../../runtime/log-lines';
import { failure } from '../krateo/krateo-work';
import { startAuthenticatingServer, type AuthenticatingServer } from './authenticating-server';

const reference = { name: 'handler', namespace: 'models' };
const timeouts = { connectSeconds: 5, answerSeconds: 5 };
const base64 = (text: string) => Buffer.from(text).toString('base64');
const basic = (user: string) => `Basic ${base64(user)}`;

let plain: AuthenticatingServer;
let secure: AuthenticatingServer;
beforeAll(async () => {
  [plain, secure] = [await startAuthenticatingServer({ tls: false }), await startAuthenticatingServer({ tls: true })];
});
afterAll(() => Promise.all([plain.close(), secure.close()]));
afterEach(() => {
  for (const server of [plain, secure]) {
    server.seen.length = 0;
    server.allow(undefined);
  }
});

/** Opens the endpoint of a Secret with these values; a function is asked each time the Secret is read. */
async function open(
  values: SecretValues | (() => SecretValues),
  environment = {},
  log = logLines().log,
): Promise<Endpoint> {
  const readSecret = async () => (typeof values === 'function' ? values() : values);
  return endpointsOf({ environment, clock: realClock, log, readSecret })(reference, timeouts);
}

/** What the server saw of one request. */
async function ask(endpoint: Endpoint, headers: Record<string, string> = {}, { path = '/x', body = '{"n":1}' } = {}) {
  const { origin } = new URL(endpoint.url);
  const { statusCode, body: answer } = await endpoint.dispatcher.request({
    origin,
    path,
    method: 'POST',
    headers,
    body,
  });
  return { status: statusCode, answer: await answer.text() };
}

async function askOnce(values: SecretValues, headers: Record<string, string> = {}, environment = {}): Promise<number> {
  const endpoint = await open(values, environment);
  try {
    return (await ask(endpoint, headers)).status;
  } finally {
    await endpoint.close();
  }
}

describe('who we are (AT-43)', () => {
  test.each([
    ['a token', { token: 's3cret\n' }, 'Bearer s3cret'],
    ['user and password', { username: 'system', password: 'p:w' }, basic('system:p:w')],
    ['a user without password', { username: 'system', password: '' }, undefined],
    ['nothing', {}, undefined],
  ])('with %s', async (_what, values, authorization) => {
    await askOnce({ 'server-url': plain.url, ...values });
    expect(plain.seen).toMatchObject([{ method: 'POST', url: '/x', body: '{"n":1}' }]);
    expect(plain.seen[0]?.headers.authorization).toBe(authorization);
  });

  test('an Authorization header of the request wins', async () => {
    await askOnce({ 'server-url': plain.url, token: 's3cret' }, { Authorization: 'Custom mine' });
    expect(plain.seen[0]?.headers.authorization).toBe('Custom mine');
  });

  test('user info in the URL authenticates, and is not in the URL any more', async () => {
    const endpoint = await open({ 'server-url': plain.url.replace('://', '://ada:pw@') });
    await ask(endpoint);
    await endpoint.close();
    expect([endpoint.url, plain.seen[0]?.headers.authorization]).toEqual([plain.url, basic('ada:pw')]);
  });

  test.each<[ways: string, values: SecretValues]>([
    ['token and password', { token: 'T0k', username: 'u', password: 'Pa55' }],
    [
      'token and aws-secret-key',
      { token: 'T0k', 'aws-access-key': 'a', 'aws-secret-key': 'Pa55', 'aws-region': 'r', 'aws-service': 's' },
    ],
  ])('%s together are an error that names the keys, not the values', async (ways, values) => {
    const { exitCode, code, message } = await failure(open({ 'server-url': plain.url, ...values }));
    expect([exitCode, code]).toEqual([7, 'CREDENTIALS']);
    expect(message).toContain(`endpoint Secret models/handler: ${ways} are both set`);
    expect(message).not.toMatch(/T0k|Pa55/);
  });

  test('AWS signatures are what a real S3 server accepts, with query and body (L-04)', async () => {
    const s3 = await startVersitygw();
    const aws = { 'aws-access-key': s3.accessKey, 'aws-region': s3.region, 'aws-service': 's3' };
    try {
      await s3.makeBucket('models');
      const statusOf = async (method: 'PUT' | 'GET', path: string, secret: string) => {
        const endpoint = await open({ 'server-url': s3.endpoint, ...aws, 'aws-secret-key': secret });
        const body = method === 'PUT' ? 'rows' : null;
        const answer = await endpoint.dispatcher.request({ origin: s3.endpoint, path, method, body });
        const text = await answer.body.text();
        await endpoint.close();
        return [answer.statusCode, text] as const;
      };
      expect(await statusOf('PUT', '/models/a%20b.csv', s3.secretKey)).toEqual([200, '']);
      const [status, listing] = await statusOf('GET', '/models?prefix=a%20b&list-type=2&delimiter=', s3.secretKey);
      expect([status, listing]).toEqual([200, expect.stringContaining('<Key>a b.csv</Key>')]);
      expect((await statusOf('GET', '/models?list-type=2', 'wrong'))[0]).toBe(403);
    } finally {
      await s3.stop();
    }
  });
});

describe('what is trusted (AT-43, L-02)', () => {
  const ca = () => ({ 'certificate-authority-data': base64(secure.ca) });
  const client = selfSignedCertificate('client', Date.now());
  const identity = { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(client.key) };
  const { fingerprint256 } = new X509Certificate(client.cert);

  test('a server that nobody vouches for is refused', async () => {
    await expect(askOnce({ 'server-url': secure.url })).rejects.toThrow(/self-signed/);
    expect(secure.seen).toEqual([]);
  });

  test.each([
    ['the authority alone', ca, undefined],
    ['the authority as it is, without base64', () => ({ 'certificate-authority-data': secure.ca }), undefined],
    ['insecure', () => ({ insecure: 'TRUE' }), undefined],
    ['authority and client certificate', () => ({ ...ca(), ...identity }), fingerprint256],
    ['insecure and client certificate', () => ({ insecure: '1', ...identity }), fingerprint256],
  ])('with %s the server is asked', async (_what, values, certificate) => {
    expect(await askOnce({ 'server-url': secure.url, ...values() })).toBe(200);
    expect(secure.seen.map((request) => request.certificate)).toEqual([certificate]);
  });
});

describe('through proxies', () => {
  test('an HTTP proxy of the Secret is taken, with its credentials', async () => {
    const proxy = await startProxyServer(() => 'open');
    const values = { 'server-url': secure.url, insecure: 'true', 'proxy-url': `http://ada:pw@127.0.0.1:${proxy.port}` };
    expect(await askOnce(values, {}, { NO_PROXY: '*' })).toBe(200);
    await proxy.close();
    expect(proxy.seen).toEqual([`CONNECT ${new URL(secure.url).host} ${basic('ada:pw')}`]);
  });

  test('without one that of the environment is, unless NO_PROXY names the server', async () => {
    const proxy = await startProxyServer(() => 'open');
    const environment = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` };
    expect(await askOnce({ 'server-url': plain.url }, {}, environment)).toBe(200);
    expect(await askOnce({ 'server-url': plain.url }, {}, { ...environment, NO_PROXY: '127.0.0.0/8' })).toBe(200);
    await proxy.close();
    expect(proxy.seen).toHaveLength(1);
  });

  test.each([['plain' as const], ['secure' as const]])('a SOCKS5 proxy is taken to a %s server', async (which) => {
    const proxy = await startSocksProxy({ name: 'ada', password: 'pw' });
    const server = which === 'plain' ? plain : secure;
    const values = {
      'server-url': server.url,
      'certificate-authority-data': base64(secure.ca),
      'proxy-url': `socks5://ada:pw@127.0.0.1:${proxy.port}`,
    };
    expect(await askOnce(values)).toBe(200);
    await proxy.close();
    expect(proxy.asked).toEqual([`ada@${new URL(server.url).host}`]);
  });
});

describe('a Secret that is rotated while a run is active', () => {
  const rotating = (...tokens: readonly string[]) => {
    let reads = 0;
    const values = (): SecretValues => {
      const token = tokens[Math.min(reads, tokens.length - 1)] ?? '';
      reads += 1;
      return { 'server-url': plain.url, token };
    };
    return { values, reads: () => reads };
  };

  test('is read again on 401, and the request is sent again with what is in it now', async () => {
    plain.allow('Bearer new');
    const { values, reads } = rotating('old', 'new');
    const endpoint = await open(values);
    // As a caller does that has merged the headers it was given into its own.
    const stale = { ...endpoint.headers };
    expect(await ask(endpoint, stale)).toEqual({ status: 200, answer: '{"ok":true}' });
    expect((await ask(endpoint, stale)).status).toBe(200);
    await endpoint.close();
    expect(plain.seen.map(({ headers, body }) => [headers.authorization, body])).toEqual([
      ['Bearer old', '{"n":1}'],
      ['Bearer new', '{"n":1}'],
      ['Bearer new', '{"n":1}'],
    ]);
    expect(reads()).toBe(2);
    expect(endpoint.headers).toEqual({ authorization: 'Bearer new' });
  });

  test('that says the same as before leaves the refusal to the caller, after one request', async () => {
    plain.allow('Bearer other');
    const endpoint = await open(rotating('old').values);
    expect(await ask(endpoint)).toEqual({ status: 401, answer: '{"error":"who are you?"}' });
    await endpoint.close();
    expect(plain.seen).toHaveLength(1);
  });

  test('is read once for each request, however often the server refuses', async () => {
    plain.allow('Bearer third');
    const endpoint = await open(rotating('first', 'second', 'third').values);
    expect((await ask(endpoint)).status).toBe(401);
    expect((await ask(endpoint)).status).toBe(200);
    await endpoint.close();
    expect(plain.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
      'Bearer second',
      'Bearer third',
    ]);
  });

  test('is not read for a request with an Authorization header of its own', async () => {
    plain.allow('Bearer new');
    const { values, reads } = rotating('old', 'new');
    const endpoint = await open(values);
    expect((await ask(endpoint, { authorization: 'Custom mine' })).status).toBe(401);
    await endpoint.close();
    expect(reads()).toBe(1);
  });

  test('and can’t be used any more leaves the refusal to the caller, and says so in the log', async () => {
    plain.allow('Bearer other');
    const { log, lines } = logLines();
    let reads = 0;
    const values = (): SecretValues => (reads++ === 0 ? { 'server-url': plain.url, token: 's3cret' } : {});
    const endpoint = await open(values, {}, log);
    expect((await ask(endpoint)).status).toBe(401);
    await endpoint.close();
    expect(lines).toMatchObject([{ level: 'warn', reason: expect.stringContaining('server-url') as string }]);
  });
});

test('a request that is given up while the Secret is read again ends with the caller’s reason, and is not sent again', async () => {
  plain.allow('Bearer new');
  const giveUp = new AbortController();
  const values = [{ token: 'old' }, { token: 'new' }];
  const endpoint = await endpointsOf({
    environment: {},
    clock: realClock,
    log: logLines().log,
    readSecret: async () => {
      if (values.length === 1) giveUp.abort(new Error('enough'));
      return { 'server-url': plain.url, ...values.shift() };
    },
  })(reference, timeouts);
  const request = { origin: plain.url, path: '/x', method: 'GET', signal: giveUp.signal } as const;
  await expect(endpoint.dispatcher.request(request)).rejects.toThrow('enough');
  await endpoint.close();
  expect(plain.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer old']);
});

test('a proxy of the environment that is no URL is named, without its value', async () => {
  const { exitCode, message } = await failure(open({ 'server-url': plain.url }, { HTTP_PROXY: 'ftp://s3cret' }));
  expect([exitCode, message]).toEqual([7, expect.stringContaining('HTTP_PROXY: expected the URL of an HTTP proxy')]);
  expect(message).not.toContain('s3cret');
});

test('debug logs requests and answers without credentials (R-10)', async () => {
  const { log, lines } = logLines();
  const endpoint = await open({ 'server-url': plain.url, token: 's3cret', debug: 'true' }, {}, log);
  const body = '{"rows": [1], "db_password": "s3cret", "note": "kept"}';
  await ask(
    endpoint,
    { cookie: 's3cret', 'x-amz-security-token': 's3cret', accept: 'application/json' },
    { path: '/x?a=1&token=s3cret', body },
  );
  await endpoint.close();
  expect(lines).toMatchObject([
    {
      request: {
        method: 'POST',
        url: `${plain.url}/x?a=1&token=[redacted]`,
        headers: { authorization: '[redacted]', cookie: '[redacted]', accept: 'application/json' },
        body: '{"rows": [1], "db_password": "[redacted]", "note": "kept"}',
      },
    },
    { answer: { status: 200, headers: { 'set-cookie': '[redacted]' }, body: '{"ok":true}' } },
  ]);
  expect(JSON.stringify(lines)).not.toContain('s3cret');
});

describe('a Secret that can’t be used ends with 7 and names the key, not the value', () => {
  const url = 'http://handler';
  const other = selfSignedCertificate('other', Date.now());
  test.each<[words: string, values: SecretValues]>([
    ['missed required attribute for endpoint: server-url', { token: 's3cret' }],
    ['server-url: expected a URL', { 'server-url': 's3cret:8088' }],
    ['proxy-url: expected a URL', { 'server-url': url, 'proxy-url': 'ftp://s3cret' }],
    ['token: has characters', { 'server-url': url, token: 's3cret\nX-Header: 1' }],
    ['aws-region is missing', { 'server-url': url, 'aws-access-key': 'a', 'aws-secret-key': 's3cret' }],
    ['insecure: expected a boolean: 1, t, T, true', { 'server-url': url, insecure: 's3cret' }],
    ['debug: expected a boolean', { 'server-url': url, debug: 'yes' }],
    [
      'certificate-authority-data: expected base64 of PEM',
      { 'server-url': url, 'certificate-authority-data': 's3cret' },
    ],
    [
      'client-certificate-data is set without client-key-data',
      { 'server-url': url, 'client-certificate-data': base64(other.cert) },
    ],
    [
      'client-key-data is set without client-certificate-data',
      { 'server-url': url, 'client-key-data': base64(other.key) },
    ],
    [
      'client-certificate-data and client-key-data: ',
      {
        'server-url': url,
        'client-certificate-data': base64(other.cert),
        'client-key-data': base64(selfSignedCertificate('x', Date.now()).key),
      },
    ],
  ])('%s', async (words, values) => {
    const { exitCode, message } = await failure(open(values));
    expect(exitCode).toBe(7);
    expect(message).toContain(`endpoint Secret models/handler: ${words}`);
    expect(message).not.toContain('s3cret');
  });
});

describe('where the Secret comes from', () => {
  const cluster = testCluster();
  let directory: string;
  beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'slipway-endpoints-'))));
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const opened = (where: typeof reference, environment: Record<string, string> = {}) =>
    endpointsOf({
      environment: { INFERENCE_ENDPOINTS_DIR: directory, ...environment },
      clock: realClock,
      log: logLines().log,
    })(where, timeouts);

  test('a mounted one is read from its files', async () => {
    await mkdir(join(directory, 'models', 'handler'), { recursive: true });
    await writeFile(join(directory, 'models', 'handler', 'server-url'), `${plain.url}/\n`);
    await writeFile(join(directory, 'models', 'handler', 'token'), 's3cret');
    const endpoint = await opened(reference);
    await endpoint.close();
    expect([endpoint.url, endpoint.headers]).toEqual([plain.url, { authorization: 'Bearer s3cret' }]);
  });

  test('another one is read through the API with the ServiceAccount of the pod, if it may', async () => {
    const namespace = await cluster.namespace('endpoints');
    const { directory: mounted, username } = await cluster.serviceAccount(namespace, 'runner');
    const stringData = { 'server-url': plain.url, username: 'system', password: 'pw', other: 'unread' };
    await cluster.create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'handler', namespace }, stringData });
    const { hostname, port } = new URL(cluster.url);
    const environment = {
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      SLIPWAY_SERVICE_ACCOUNT_DIRECTORY: mounted,
    };
    const where = { name: 'handler', namespace };
    const forbidden = await failure(opened(where, environment));
    expect([forbidden.exitCode, forbidden.message]).toEqual([
      7,
      expect.stringMatching(`^endpoint Secret ${namespace}/handler: is not mounted at .*forbidden`),
    ]);
    const group = 'rbac.authorization.k8s.io';
    const metadata = { name: 'runner', namespace };
    await cluster.create({
      apiVersion: `${group}/v1`,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['handler'], verbs: ['get'] }],
    });
    await cluster.create({
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'Role', name: 'runner' },
      subjects: [{ kind: 'User', apiGroup: group, name: username }],
    });
    const endpoint = await opened(where, environment);
    await endpoint.close();
    expect([endpoint.url, endpoint.headers]).toEqual([plain.url, { authorization: basic('system:pw') }]);
    await cluster.remove({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'handler', namespace } });
    expect((await failure(opened(where, environment))).message).toContain('does not exist');
  });

  test('a name that leads out of the directory is refused', async () => {
    expect((await failure(opened({ name: '..', namespace: 'models' }))).exitCode).toBe(7);
    expect((await failure(opened({ name: 'a/b', namespace: 'models' }))).exitCode).toBe(7);
  });
});
