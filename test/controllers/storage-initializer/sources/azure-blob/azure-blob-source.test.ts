import { openAzureBlobSource } from '../../../../../controllers/storage-initializer/sources/azure-blob/azure-blob-source';
import { azuriteAccount, serviceSignature } from '../../../../storage-servers/azure-signatures';
import { startAzurite, type Azurite } from '../../../../storage-servers/azurite';
import { startGate, type GateDecision, type GateRequest } from '../../../../storage-servers/gate';
import { fetched } from '../../fetched-tree';

let azurite: Azurite;
let count = 0;

beforeAll(async () => {
  azurite = await startAzurite();
}, 60_000);

afterAll(async () => {
  await azurite.close();
});

async function containerWith(blobs: Readonly<Record<string, string>>, access?: 'container'): Promise<string> {
  count += 1;
  const container = `models-${count}`;
  await azurite.makeContainer(container, access);
  await azurite.putAll(container, blobs);
  return container;
}

const host = `https://${azuriteAccount.account}.blob.core.windows.net`;
const key = { AZURE_STORAGE_ACCESS_KEY: azuriteAccount.key };

const fetchFrom = (uri: string, environment: Readonly<Record<string, string>> = key) =>
  fetched(openAzureBlobSource, uri, {
    environment: { AZURE_STORAGE_BLOB_ENDPOINT: azurite.endpoint, ...environment },
  });

/** Fetches from a container that everybody may read, with something that happens on the way to it. */
async function fetchThrough(
  decide: (request: GateRequest) => GateDecision | Promise<GateDecision>,
  path: string,
  environment: Readonly<Record<string, string>> = {},
) {
  const gate = await startGate(decide, new URL(azurite.endpoint).origin);
  try {
    const result = await fetched(openAzureBlobSource, `${host}/${path}`, {
      environment: { AZURE_STORAGE_BLOB_ENDPOINT: `${gate.url}/${azuriteAccount.account}`, ...environment },
    });
    return { ...result, gate };
  } finally {
    await gate.close();
  }
}

const isList = ({ url }: GateRequest) => url.includes('comp=list');

describe('what an Azure blob URI becomes', () => {
  test('a folder, with and without a slash at its end: the tree below it', async () => {
    const container = await containerWith({ 'a/b/model.bin': '1', 'a/b/c/config.json': '2', 'a/other': '3' });
    const files = { 'model.bin': '1', 'c/config.json': '2' };
    expect((await fetchFrom(`${host}/${container}/a/b`)).files).toEqual(files);
    expect((await fetchFrom(`${host}/${container}/a/b/`)).files).toEqual(files);
  });

  test('a single blob: its base name, whatever the patterns are', async () => {
    const container = await containerWith({ 'path/to/model.bin': 'model', 'path/to/model.bin.txt': 'other' });
    const environment = { ...key, STORAGE_ALLOW_PATTERNS: '*.json' };
    const { files } = await fetchFrom(`${host}/${container}/path/to/model.bin`, environment);
    expect(files).toEqual({ 'model.bin': 'model' });
  });

  test('a container, with and without the slash behind it: everything in it', async () => {
    const container = await containerWith({ 'a/b.bin': '1', c: '2' });
    expect((await fetchFrom(`${host}/${container}/`)).files).toEqual({ 'a/b.bin': '1', c: '2' });
    expect((await fetchFrom(`${host}/${container}`)).files).toEqual({ 'a/b.bin': '1', c: '2' });
  });

  test.each(['z2', 'z20'])('an account in the DNS zone %s is an account too', async (zone) => {
    const container = await containerWith({ 'm/x': '1' });
    const uri = `https://${azuriteAccount.account}.${zone}.blob.storage.azure.net/${container}/m`;
    expect((await fetchFrom(uri)).files).toEqual({ x: '1' });
  });

  test('no blobs are an error', async () => {
    const container = await containerWith({ 'm/x': '1' });
    const uri = `${host}/${container}/nothing`;
    await expect(fetchFrom(uri)).rejects.toThrow(`Failed to fetch model. No model found in ${uri}.`);
  });

  test('a prefix never matches siblings (SD-01)', async () => {
    const container = await containerWith({ 'model/x': 'ours', 'model-hf/y': 'theirs', 'model.txt': 'theirs' });
    expect((await fetchFrom(`${host}/${container}/model`)).files).toEqual({ x: 'ours' });
  });

  test('blobs of zero length are files, markers of directories are not (SD-02)', async () => {
    const container = await containerWith({ 'm/__init__.py': '', 'm/sub/x': '1', 'm/dir': '', 'm/dir/y': '2' });
    await azurite.put(container, 'm', '', { 'x-ms-meta-hdi_isfolder': 'true' });
    await azurite.put(container, 'm/sub', '', { 'x-ms-meta-hdi_isfolder': 'true' });
    await azurite.put(container, 'm/empty', '', { 'x-ms-meta-hdi_isfolder': 'true' });
    const files = { '__init__.py': '', 'sub/x': '1', 'dir/y': '2' };
    expect((await fetchFrom(`${host}/${container}/m`)).files).toEqual(files);
    expect((await fetchFrom(`${host}/${container}/m/dir`)).files).toEqual({ y: '2' });
    expect((await fetchFrom(`${host}/${container}/m/__init__.py`)).files).toEqual({ '__init__.py': '' });
  });

  test('names are taken as they are, and encoded ones of the URI decoded', async () => {
    const blobs = { 'a b/50%25.bin': '1', 'a b/q?x=1#y.bin': '2', 'a b/größe+1&.bin': '3' };
    const container = await containerWith(blobs);
    const files = { '50%25.bin': '1', 'q?x=1#y.bin': '2', 'größe+1&.bin': '3' };
    expect((await fetchFrom(`${host}/${container}/a%20b`)).files).toEqual(files);
  });

  test('a listing of several pages is read to its end', async () => {
    const container = await containerWith({ 'm/1': '1', 'm/2': '2', 'm/3': '3' }, 'container');
    // Pages of the protocol have 5,000 blobs: the gate asks for smaller ones.
    const { files, gate } = await fetchThrough(
      ({ url }) => ({ passAs: url.replace('maxresults=5000', 'maxresults=2') }),
      `${container}/m`,
    );
    expect(files).toEqual({ 1: '1', 2: '2', 3: '3' });
    expect(gate.requests.filter((request) => request.url.includes('marker='))).toHaveLength(1);
  });

  test('settings of concurrency are read, and wrong ones named', async () => {
    const environment = { ...key, AZURE_MAX_FILE_CONCURRENCY: '7', AZURE_MAX_CHUNK_CONCURRENCY: '2' };
    const context = { environment } as unknown as Parameters<typeof openAzureBlobSource>[1];
    const source = await openAzureBlobSource(`${host}/c/m`, context);
    expect(source).toMatchObject({ fileConcurrency: 7, rangeConcurrency: 2 });
    await expect(fetchFrom(`${host}/c/m`, { ...key, AZURE_MAX_FILE_CONCURRENCY: 'many' })).rejects.toThrow(
      'AZURE_MAX_FILE_CONCURRENCY: got "many", expected a whole number from 1 to 64',
    );
  });

  test('a URI without a container is refused', async () => {
    await expect(fetchFrom(`${host}/?sig=SECRET`)).rejects.toThrow(
      `Azure error: ${host}/ names no container, expected ${host}/CONTAINER/PATH`,
    );
  });
});

describe('credentials', () => {
  test('a shared access signature in the URI opens a container, and appears nowhere', async () => {
    const container = await containerWith({ 'm/x': '1' });
    const signature = serviceSignature(azuriteAccount, 'blob', container);
    const { files, log } = await fetchFrom(`${host}/${container}/m?${signature}`, {});
    expect(files).toEqual({ x: '1' });
    expect(log.join('\n')).not.toContain('sig=');
  });

  test('the key of the account is preferred to a signature in the URI', async () => {
    const container = await containerWith({ 'm/x': '1' });
    expect((await fetchFrom(`${host}/${container}/m?sv=2020-12-06&sig=wrong`)).files).toEqual({ x: '1' });
  });

  test('a container that everybody may read needs none', async () => {
    const container = await containerWith({ 'm/x': '1' }, 'container');
    const { files, log } = await fetchFrom(`${host}/${container}/m`, {});
    expect(files).toEqual({ x: '1' });
    expect(log.join('\n')).toContain('no credentials for Azure found: its requests are anonymous');
  });

  test('AZURE_ACCESS_TOKEN is sent as it is', async () => {
    const container = await containerWith({ 'm/x': '1' }, 'container');
    const { gate, log } = await fetchThrough(() => 'pass', `${container}/m`, {
      AZURE_ACCESS_TOKEN: 'a-secret-token',
      ...key,
    });
    expect(new Set(gate.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer a-secret-token']),
    );
    expect(log.join('\n')).not.toContain('a-secret-token');
  });
});

describe('bad days', () => {
  test('a wrong key is told in one line, without it', async () => {
    const container = await containerWith({ 'm/x': '1' });
    const wrong = Buffer.from('a wrong key').toString('base64');
    const failure = await fetchFrom(`${host}/${container}/m`, { AZURE_STORAGE_ACCESS_KEY: wrong }).catch(String);
    expect(failure).toContain(
      'Azure authentication failed. Verify AZURE_CLIENT_ID/AZURE_CLIENT_SECRET or AZURE_STORAGE_ACCESS_KEY. (',
    );
    expect(failure).not.toContain(wrong);
    expect(failure).not.toContain('SharedKey');
  });

  test('a key that is no Base64 is told before anything is asked', async () => {
    await expect(fetchFrom(`${host}/c/m`, { AZURE_STORAGE_ACCESS_KEY: 'no key!' })).rejects.toThrow(
      /^Azure authentication failed\. .*\(AZURE_STORAGE_ACCESS_KEY is not Base64\)$/,
    );
  });

  test('a container that is missing is named', async () => {
    await expect(fetchFrom(`${host}/missing/m`)).rejects.toThrow(
      /^Azure resource 'http.*\/missing' not found\. \(HTTP 404: ContainerNotFound/,
    );
  });

  test('a private container without credentials says that there are none', async () => {
    const container = await containerWith({ 'm/x': '1' });
    await expect(fetchFrom(`${host}/${container}/m`, {})).rejects.toThrow(/^Azure authentication failed/);
    // What Azure itself answers, where Azurite is more open.
    const headers = { 'x-ms-error-code': 'ResourceNotFound' };
    await expect(fetchThrough(() => ({ status: 404, headers }), `${container}/m`)).rejects.toThrow(
      /^Azure resource .* not found\. \(HTTP 404: ResourceNotFound; Azure says this of private containers too, and no/,
    );
  });

  test('a signature that may not list is denied', async () => {
    const container = await containerWith({ 'm/x': '1' });
    const signature = serviceSignature(azuriteAccount, 'blob', container, 'r');
    await expect(fetchFrom(`${host}/${container}/m?${signature}`, {})).rejects.toThrow(
      /^Access denied to Azure resource .*Verify permissions\. \(HTTP 403: AuthorizationPermissionMismatch/,
    );
  });

  test('answers of 503 are asked again, in the listing and in the fetch', async () => {
    const container = await containerWith({ 'm/x': '1' }, 'container');
    let [lists, downloads] = [0, 0];
    const { files } = await fetchThrough((request) => {
      const number = isList(request) ? (lists += 1) : (downloads += 1);
      return number <= 2 ? { status: 503, headers: { 'x-ms-error-code': 'ServerBusy' } } : 'pass';
    }, `${container}/m`);
    expect(files).toEqual({ x: '1' });
    expect(downloads).toBe(3);
  });

  test('bytes that are not those of Content-MD5 are fetched again', async () => {
    const container = await containerWith({ 'm/x': 'right' }, 'container');
    let wrong = 0;
    const { files, log } = await fetchThrough((request) => {
      if (isList(request) || wrong > 0) return 'pass';
      wrong += 1;
      return { status: 200, headers: { 'content-length': '5' }, body: 'wrong' };
    }, `${container}/m`);
    expect(files).toEqual({ x: 'right' });
    expect(log.join('\n')).toContain('m/x: md5 of what arrived is');
  });

  test('a blob that is replaced after it was listed arrives as it is now', async () => {
    const container = await containerWith({ 'm/x': 'before' }, 'container');
    let replaced = false;
    const { files, log, gate } = await fetchThrough(async (request): Promise<GateDecision> => {
      if (isList(request) || replaced) return 'pass';
      replaced = true;
      await azurite.put(container, 'm/x', 'and after');
      return 'pass';
    }, `${container}/m`);
    expect(files).toEqual({ x: 'and after' });
    expect(log.join('\n')).toContain('m/x: was replaced while it was fetched');
    expect(gate.requests.filter((request) => !isList(request))[0]?.headers['if-match']).toMatch(/^"0x/);
  });

  test('a blob that is deleted between listing and fetch is an error', async () => {
    const container = await containerWith({ 'm/x': '1' }, 'container');
    const fetching = fetchThrough(async (request): Promise<GateDecision> => {
      if (!isList(request)) await azurite.remove(container, 'm/x').catch(() => undefined);
      return 'pass';
    }, `${container}/m`);
    await expect(fetching).rejects.toThrow(/^Azure resource '.*\/m\/x' not found\. \(HTTP 404: BlobNotFound/);
  });

  test('a clock that is 16 minutes off is named', async () => {
    const body =
      '<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request.\n' +
      "RequestId:1\nTime:2</Message><AuthenticationErrorDetail>Request date header too old: 'then'" +
      '</AuthenticationErrorDetail></Error>';
    const date = new Date(Date.now() + 16 * 60_000).toUTCString();
    await expect(fetchThrough(() => ({ status: 403, headers: { date }, body }), 'c/m', key)).rejects.toThrow(
      /^Azure authentication failed\. .*HTTP 403: AuthenticationFailed: Server failed to authenticate the request\. Request date header too old: 'then'; the clock of this node is 16 min behind the server's\)$/,
    );
  });

  test('a page that is not one of Azure is an error', async () => {
    await expect(fetchThrough(() => ({ status: 200, body: '<html>log in' }), 'c/m')).rejects.toThrow(`Azure error: `);
  });
});
