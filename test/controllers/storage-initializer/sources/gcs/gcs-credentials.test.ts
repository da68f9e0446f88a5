import { createVerify, generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openGcsSource } from '../../../../../controllers/storage-initializer/sources/gcs/gcs-source';
import { inTemporaryDirectory } from '../../../../cluster/temporary-directory';
import { startFakeGcsServer, type FakeGcsServer } from '../../../../storage-servers/fake-gcs-server';
import { startGate, type Gate, type GateDecision, type GateRequest } from '../../../../storage-servers/gate';
import { buildTimeout } from '../../../../tools/go-programs';
import { fetched } from '../../fetched-tree';

/**
 * Google's endpoints of tokens are played by a gate, from their published protocols (RFC 7523, RFC 6749, RFC 8693, IAM Credentials,
 * metadata server): it gives `token-1`, `token-2` ... to who asks rightly. The storage is fake-gcs-server behind a gate that lets only
 * those tokens pass which `accepted` has.
 */
let server: FakeGcsServer;
let storage: Gate;
let tokens: Gate;
let answerToken: (request: GateRequest) => GateDecision;
let accepted: Set<string>;
let given: number;

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privateText = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

beforeAll(async () => {
  server = await startFakeGcsServer();
  await server.makeBucket('models');
  await server.putAll('models', { 'm/a': 'A', 'm/b': 'B' });
}, buildTimeout);

afterAll(async () => {
  await server.close();
});

beforeEach(async () => {
  given = 0;
  accepted = new Set(['token-1']);
  storage = await startGate(({ headers }) => {
    if (accepted.has(headers.authorization?.replace('Bearer ', '') ?? '')) return 'pass';
    const message = headers.authorization === undefined ? 'Anonymous caller' : 'Invalid Credentials';
    return { status: 401, body: JSON.stringify({ error: { message } }) };
  }, server.url);
  tokens = await startGate((request) => answerToken(request));
  answerToken = () => nextToken();
});

afterEach(async () => {
  await storage.close();
  await tokens.close();
});

function nextToken(): GateDecision {
  given += 1;
  const headers = { 'metadata-flavor': 'Google' };
  return { status: 200, headers, body: JSON.stringify({ access_token: `token-${given}`, expires_in: 3600 }) };
}

const refusal = (error: object, status = 400): GateDecision => ({ status, body: JSON.stringify(error) });

const nobody = { GCE_METADATA_HOST: '127.0.0.1:9' };

const fetchWith = (environment: Readonly<Record<string, string>>) =>
  fetched(openGcsSource, 'gs://models/m', {
    environment: { API_ENDPOINT_OVERRIDE: storage.url, ...nobody, ...environment },
  });

/** Fetches with a file of credentials. */
const fetchWithFile = (credentials: object) =>
  inTemporaryDirectory(async (directory) => {
    const file = join(directory, 'credentials.json');
    await writeFile(file, JSON.stringify(credentials));
    return fetchWith({ GOOGLE_APPLICATION_CREDENTIALS: file });
  });

const serviceAccount = () => ({
  type: 'service_account',
  client_email: 'reader@project.iam.gserviceaccount.com',
  private_key: privateText,
  private_key_id: 'key-id',
  token_uri: `${tokens.url}/token`,
  quota_project_id: 'payer',
});

const both = { a: 'A', b: 'B' };
const formOf = ({ body }: GateRequest) => Object.fromEntries(new URLSearchParams(body));

test('a key of a service account signs an assertion, and the token opens the bucket', async () => {
  answerToken = (request) => {
    const [head = '', claims = '', signature = ''] = (formOf(request)['assertion'] ?? '').split('.');
    const signed = createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url');
    const said: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
    expect(said).toMatchObject({
      iss: 'reader@project.iam.gserviceaccount.com',
      aud: `${tokens.url}/token`,
      scope: 'https://www.googleapis.com/auth/devstorage.read_only',
    });
    return signed ? nextToken() : refusal({ error: 'invalid_grant' });
  };
  const { files, log } = await fetchWithFile(serviceAccount());
  expect(files).toEqual(both);
  expect(tokens.requests).toHaveLength(1);
  expect(storage.requests[0]?.headers['x-goog-user-project']).toBe('payer');
  expect(log.join('\n')).not.toMatch(/token-1|PRIVATE KEY/);
});

test('a token that expires half-way is renewed once, and no file is lost', async () => {
  accepted.add('token-2');
  await storage.close();
  storage = await startGate(({ url, headers }) => {
    if (url.includes('alt=media')) accepted.delete('token-1');
    if (accepted.has(headers.authorization?.replace('Bearer ', '') ?? '')) return 'pass';
    return { status: 401, body: 'Invalid Credentials' };
  }, server.url);
  const { files, log } = await fetchWithFile(serviceAccount());
  expect(files).toEqual(both);
  expect(tokens.requests).toHaveLength(2);
  expect(log.join('\n')).toContain('HTTP 401: Invalid Credentials');
});

test('a key that Google does not know is told, without the key', async () => {
  answerToken = () => refusal({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' });
  const failure = await fetchWithFile(serviceAccount()).catch(String);
  expect(failure).toContain(
    'GCS authentication failed. Verify GOOGLE_APPLICATION_CREDENTIALS or use anonymous access. ' +
      `(${tokens.url}/token gives no token: HTTP 400: invalid_grant: Invalid JWT Signature.)`,
  );
  expect(failure).not.toContain('PRIVATE KEY');
});

test('a clock that is wrong is named when the assertion is refused', async () => {
  answerToken = () => ({
    status: 400,
    headers: { date: new Date(Date.now() - 16 * 60_000).toUTCString() },
    body: JSON.stringify({ error: 'invalid_grant', error_description: 'Invalid JWT: iat and exp.' }),
  });
  await expect(fetchWithFile(serviceAccount())).rejects.toThrow(
    "the clock of this node is 16 min ahead of the server's",
  );
});

test('a token that is good and refused all the same ends the fetch', async () => {
  accepted.clear();
  await expect(fetchWithFile(serviceAccount())).rejects.toThrow(
    /^GCS authentication failed\. .*\(gs:\/\/models: HTTP 401: Invalid Credentials\)$/,
  );
  expect(storage.requests).toHaveLength(2);
  expect(tokens.requests).toHaveLength(2);
});

test('what gcloud leaves is found at its place', async () => {
  answerToken = (request) =>
    formOf(request)['refresh_token'] === 'refresh' ? nextToken() : refusal({ error: 'invalid_grant' });
  await inTemporaryDirectory(async (home) => {
    await mkdir(join(home, '.config/gcloud'), { recursive: true });
    await writeFile(
      join(home, '.config/gcloud/application_default_credentials.json'),
      JSON.stringify({
        type: 'authorized_user',
        client_id: 'id',
        client_secret: 'secret',
        refresh_token: 'refresh',
        token_uri: tokens.url,
      }),
    );
    expect((await fetchWith({ HOME: home })).files).toEqual(both);
    expect(await fetchWith({ CLOUDSDK_CONFIG: join(home, '.config/gcloud') }).catch(String)).toContain('HTTP 401');
  });
}, 30_000);

test('workload identity federation exchanges a token of a file, and becomes the service account', async () => {
  accepted = new Set(['impersonated']);
  answerToken = (request) => {
    if (request.url === '/impersonate') {
      if (request.headers.authorization !== 'Bearer token-1') return refusal({ error: { message: 'no' } }, 403);
      const expireTime = new Date(Date.now() + 3_600_000).toISOString();
      return { status: 200, body: JSON.stringify({ accessToken: 'impersonated', expireTime }) };
    }
    const { subject_token, audience, scope } = formOf(request);
    expect(scope).toBe('https://www.googleapis.com/auth/cloud-platform');
    return subject_token === 'of-the-cluster' && audience === 'pool' ? nextToken() : refusal({ error: 'invalid' });
  };
  await inTemporaryDirectory(async (directory) => {
    await writeFile(join(directory, 'token'), 'of-the-cluster\n');
    const credentials = {
      type: 'external_account',
      audience: 'pool',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${tokens.url}/sts`,
      credential_source: { file: join(directory, 'token') },
      service_account_impersonation_url: `${tokens.url}/impersonate`,
    };
    expect((await fetchWithFile(credentials)).files).toEqual(both);
    const missing = { ...credentials, credential_source: { file: join(directory, 'missing') } };
    await expect(fetchWithFile(missing)).rejects.toThrow(/^GCS authentication failed\. .*the subject token: ENOENT/);
  });
});

test('workload identity federation exchanges a token that a URL has', async () => {
  answerToken = (request) => {
    if (request.url === '/subject') {
      const known = request.headers['x-secret'] === 'header';
      return { status: known ? 200 : 403, body: JSON.stringify({ id_token: 'from-url' }) };
    }
    return formOf(request)['subject_token'] === 'from-url' ? nextToken() : refusal({ error: 'invalid' });
  };
  const { files } = await fetchWithFile({
    type: 'external_account',
    audience: 'pool',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${tokens.url}/sts`,
    credential_source: {
      url: `${tokens.url}/subject`,
      headers: { 'x-secret': 'header' },
      format: { type: 'json', subject_token_field_name: 'id_token' },
    },
  });
  expect(files).toEqual(both);
});

test('the metadata server of the node is asked, past the proxy', async () => {
  answerToken = ({ url, headers }) =>
    url.startsWith('/computeMetadata/v1/instance/service-accounts/default/token') &&
    headers['metadata-flavor'] === 'Google'
      ? nextToken()
      : refusal({}, 403);
  const { files } = await fetchWith({
    GCE_METADATA_HOST: new URL(tokens.url).host,
    HTTP_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: new URL(storage.url).host,
  });
  expect(files).toEqual(both);
});

test('without credentials requests are anonymous, and the log says so', async () => {
  accepted = new Set(['']);
  const { files, log } = await fetchWith({});
  expect(files).toEqual(both);
  expect(log.join('\n')).toContain('no credentials for Google Cloud found: its requests are anonymous');
}, 30_000);

test('an emulator never sees credentials', async () => {
  accepted = new Set(['']);
  await inTemporaryDirectory(async (directory) => {
    const file = join(directory, 'credentials.json');
    await writeFile(file, JSON.stringify(serviceAccount()));
    const environment = { STORAGE_EMULATOR_HOST: storage.url, GOOGLE_APPLICATION_CREDENTIALS: file };
    expect((await fetchWith(environment)).files).toEqual(both);
  });
  expect(tokens.requests).toHaveLength(0);
});

test.each([
  ['a file that is missing', '/nowhere/credentials.json', undefined, 'GOOGLE_APPLICATION_CREDENTIALS: ENOENT'],
  ['a file that is no JSON', undefined, 'private: text', 'is not JSON with credentials, supported are service_account'],
  ['a kind that is not known', undefined, '{"type":"gdch_service_account"}', "can't be used because of type"],
  ['a key without its address', undefined, '{"type":"service_account","private_key":"x"}', 'because of client_email'],
  [
    'a key that is none',
    undefined,
    '{"type":"service_account","private_key":"NOT-A-KEY","client_email":"me@x"}',
    "(the private key of me@x can't be read)",
  ],
])('%s is told, and its content is not', async (_name, path, content, message) => {
  await inTemporaryDirectory(async (directory) => {
    const file = join(directory, 'credentials.json');
    if (content !== undefined) await writeFile(file, content);
    const failure = await fetchWith({ GOOGLE_APPLICATION_CREDENTIALS: path ?? file }).catch(String);
    expect(failure).toContain('GCS authentication failed. Verify GOOGLE_APPLICATION_CREDENTIALS');
    expect(failure).toContain(message);
    expect(failure).not.toMatch(/private: text|NOT-A-KEY/);
  });
});
