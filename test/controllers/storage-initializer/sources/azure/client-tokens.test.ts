import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openAzureBlobSource } from '../../../../../controllers/storage-initializer/sources/azure-blob/azure-blob-source';
import { inTemporaryDirectory } from '../../../../cluster/temporary-directory';
import { azuriteAccount } from '../../../../storage-servers/azure-signatures';
import { startAzurite, type Azurite } from '../../../../storage-servers/azurite';
import { startGate, type Gate, type GateDecision, type GateRequest } from '../../../../storage-servers/gate';
import { fetched } from '../../fetched-tree';

/**
 * Entra's endpoint of tokens and the node's metadata server are played by a gate, from their published protocols (OAuth 2 client
 * credentials, with a secret or an assertion; IMDS 2018-02-01). The storage is Azurite, behind a gate that lets only those tokens pass
 * which `accepted` has; Azurite itself takes tokens over TLS only and looks at little in them.
 */
let azurite: Azurite;
let storage: Gate;
let tokens: Gate;
let answerToken: (request: GateRequest) => GateDecision;
let accepted: Set<string>;
let given: number;

beforeAll(async () => {
  azurite = await startAzurite();
  await azurite.makeContainer('models', 'container');
  await azurite.putAll('models', { 'm/a': 'A', 'm/b': 'B' });
}, 60_000);

afterAll(async () => {
  await azurite.close();
});

beforeEach(async () => {
  given = 0;
  accepted = new Set(['token-1']);
  storage = await startGate(({ headers, url }) => {
    if (accepted.has('only-for-the-listing') && !url.includes('comp=list')) accepted = new Set(['token-2']);
    if (accepted.has(headers.authorization?.replace('Bearer ', '') ?? '')) return 'pass';
    return { status: 401, headers: { 'x-ms-error-code': 'InvalidAuthenticationInfo' } };
  }, new URL(azurite.endpoint).origin);
  tokens = await startGate((request) => answerToken(request));
});

afterEach(async () => {
  await storage.close();
  await tokens.close();
});

const formOf = ({ body }: GateRequest) => Object.fromEntries(new URLSearchParams(body));

function nextToken(): GateDecision {
  given += 1;
  return { status: 200, body: JSON.stringify({ access_token: `token-${given}`, expires_in: 3599 }) };
}

const unknownClient: GateDecision = {
  status: 401,
  body: JSON.stringify({
    error: 'invalid_client',
    error_description: 'AADSTS7000215: Invalid client secret provided. Trace ID: 1 Correlation ID: 2',
  }),
};

const both = { a: 'A', b: 'B' };

const fetchWith = (environment: Readonly<Record<string, string>>) =>
  fetched(openAzureBlobSource, 'https://devstoreaccount1.blob.core.windows.net/models/m', {
    environment: {
      AZURE_STORAGE_BLOB_ENDPOINT: `${storage.url}/${azuriteAccount.account}`,
      AZURE_AUTHORITY_HOST: `${tokens.url}/`,
      ...environment,
    },
  });

const answerSecret = (request: GateRequest): GateDecision => {
  const { client_id, client_secret, scope, grant_type } = formOf(request);
  const isRight =
    request.url === '/tenant/oauth2/v2.0/token' &&
    client_id === 'client' &&
    client_secret === 's3cret' &&
    grant_type === 'client_credentials' &&
    scope === 'https://storage.azure.com/.default';
  return isRight ? nextToken() : unknownClient;
};

test.each(['AZURE', 'AZ'])('a client secret in %s_ variables brings a token', async (prefix) => {
  answerToken = answerSecret;
  const { files, log } = await fetchWith({
    [`${prefix}_TENANT_ID`]: 'tenant',
    [`${prefix}_CLIENT_ID`]: 'client',
    [`${prefix}_CLIENT_SECRET`]: 's3cret',
    // Least in the order: not used.
    AZURE_ACCESS_TOKEN: 'other',
    AZURE_STORAGE_ACCESS_KEY: azuriteAccount.key,
  });
  expect(files).toEqual(both);
  expect(tokens.requests).toHaveLength(1);
  expect(log.join('\n')).not.toMatch(/s3cret|token-1/);
});

test('a workload identity exchanges the token of its file', async () => {
  answerToken = (request) =>
    formOf(request)['client_assertion'] === 'of-the-cluster' &&
    formOf(request)['client_assertion_type'] === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
      ? nextToken()
      : unknownClient;
  await inTemporaryDirectory(async (directory) => {
    const file = join(directory, 'azure-identity-token');
    const environment = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client', AZURE_FEDERATED_TOKEN_FILE: file };
    await expect(fetchWith(environment)).rejects.toThrow(
      /^Azure authentication failed\. .*\(AZURE_FEDERATED_TOKEN_FILE: ENOENT/,
    );
    await writeFile(file, 'of-the-cluster\n');
    expect((await fetchWith(environment)).files).toEqual(both);
  });
});

test('a managed identity is asked for at the node, past the proxy', async () => {
  answerToken = ({ url, headers }) => {
    const { pathname, searchParams } = new URL(url, 'http://node');
    const isRight =
      pathname === '/metadata/identity/oauth2/token' &&
      headers['metadata'] === 'true' &&
      searchParams.get('client_id') === 'client' &&
      searchParams.get('resource') === 'https://storage.azure.com/';
    // IMDS has its numbers as text.
    return isRight ? { status: 200, body: '{"access_token":"token-1","expires_in":"86399"}' } : unknownClient;
  };
  const { files } = await fetchWith({
    AZURE_CLIENT_ID: 'client',
    AZURE_POD_IDENTITY_AUTHORITY_HOST: tokens.url,
    HTTP_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: new URL(storage.url).host,
  });
  expect(files).toEqual(both);
});

test('a token that expires half-way is renewed once, and no file is lost', async () => {
  answerToken = answerSecret;
  accepted.add('only-for-the-listing');
  const client = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client', AZURE_CLIENT_SECRET: 's3cret' };
  expect((await fetchWith(client)).files).toEqual(both);
  expect(tokens.requests).toHaveLength(2);
});

test('a token that is good and refused all the same ends the fetch', async () => {
  answerToken = answerSecret;
  accepted.clear();
  const client = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client', AZURE_CLIENT_SECRET: 's3cret' };
  await expect(fetchWith(client)).rejects.toThrow(
    /^Azure authentication failed\. Verify AZURE_CLIENT_ID.*HTTP 401: InvalidAuthenticationInfo\)$/,
  );
  expect(storage.requests).toHaveLength(2);
});

test('a secret that Entra does not know is told in its words, without the secret', async () => {
  answerToken = answerSecret;
  const client = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client', AZURE_CLIENT_SECRET: 'wr0ng' };
  const failure = await fetchWith(client).catch(String);
  expect(failure).toMatch(
    /Azure authentication failed\. .*\/tenant\/oauth2\/v2\.0\/token gives no token: HTTP 401: invalid_client: AADSTS7000215: Invalid client secret provided\.\)$/,
  );
  expect(failure).not.toContain('wr0ng');
});

test('a client without its tenant is told', async () => {
  await expect(fetchWith({ AZURE_CLIENT_ID: 'client', AZURE_CLIENT_SECRET: 's3cret' })).rejects.toThrow(
    'AZURE_CLIENT_ID is set, and AZURE_TENANT_ID is not',
  );
});

test('a client without anything that proves it is told when the node knows none', async () => {
  const node = tokens.url;
  await tokens.close();
  await expect(fetchWith({ AZURE_CLIENT_ID: 'client', AZURE_POD_IDENTITY_AUTHORITY_HOST: node })).rejects.toThrow(
    /AZURE_CLIENT_ID is set without AZURE_CLIENT_SECRET and AZURE_FEDERATED_TOKEN_FILE, and no managed/,
  );
});
