import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storageKindOf, storageKinds } from '../../../definitions/storage/storage-kinds';
import { shareAccount, startAzureFileShare } from '../../doubles/azure-file-share/azure-file-share';
import { startHuggingFaceHub } from '../../doubles/hugging-face/hugging-face-hub';
import { startModelRegistry } from '../../doubles/model-registry/server';
import { startModelScopeHub } from '../../doubles/modelscope/modelscope-hub';
import { startWebHdfs } from '../../doubles/webhdfs/webhdfs-cluster';
import { azuriteAccount, serviceSignature } from '../../storage-servers/azure-signatures';
import { startAzurite } from '../../storage-servers/azurite';
import { startFakeGcsServer } from '../../storage-servers/fake-gcs-server';
import { serveFile, startFileServer } from '../../storage-servers/file-server';
import { startGate } from '../../storage-servers/gate';
import { gitUser, startGitServer } from '../../storage-servers/git-server';
import { layer } from '../../storage-servers/oci-image';
import { puller, startOciRegistry } from '../../storage-servers/oci-registry';
import { startVersitygw } from '../../storage-servers/versitygw';
import { buildTimeout } from '../../tools/go-programs';
import { bundledProgram } from '../../program/bundled-program';
import { tarOf } from './archive/tar-bytes';
import { zipOf } from './archive/zip-bytes';
import { treeOf } from './fetched-tree';
import { runInitializer } from './initializer-program';

/**
 * Each source once, in the program as it is in the image: what a source needs is bundled and loaded, its settings come from variables, and
 * none of the secrets that it is given is printed. What the sources can do is tested beside them.
 */
interface Fetch {
  readonly uri: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is there then. */
  readonly files: Readonly<Record<string, string>>;
  /** What no line of the output has. */
  readonly secrets?: readonly string[];
}

let program: string;
let root: string;
let fetches: Readonly<Record<string, Fetch>>;
/** What is to be ended, whatever else happens. */
const ends: (() => Promise<unknown>)[] = [];

/** Ends a server when the tests are done. */
async function ended<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const server = await starting;
  ends.push(() => server.close());
  return server;
}

const tree = { 'model.bin': 'weights', 'sub/config.json': '{}' };
const below = (prefix: string) =>
  Object.fromEntries(Object.entries(tree).map(([name, content]) => [`${prefix}${name}`, content]));
/** Of ASCII, so that servers that have texts can have it. */
const tar = tarOf(...Object.entries(tree).map(([name, body]) => ({ name, body })));
const zip = zipOf(...Object.entries(tree).map(([name, body]) => ({ name, body })));

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'slipway-every-source-'));
  ends.push(() => rm(root, { recursive: true, force: true }));
  const bundle = await bundledProgram();
  program = bundle.program;
  ends.push(() => bundle.remove());
  const parts = await Promise.all([
    s3Fetches(),
    gcsFetches(),
    azureFetches(),
    hubFetches(),
    hdfsFetches(),
    imageFetches(),
  ]);
  fetches = Object.assign({}, ...parts, await webFetches(), await gitFetches(), await localFetches()) as typeof fetches;
}, buildTimeout);

afterAll(async () => {
  await Promise.all(ends.map((end) => end()));
});

async function s3Fetches(): Promise<Record<string, Fetch>> {
  const server = await startVersitygw();
  ends.push(() => server.stop());
  await server.makeBucket('models');
  for (const [key, content] of Object.entries(below('iris/'))) await server.put('models', key, content);
  await server.put('models', 'iris.tar', tar);
  const keys = { AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey };
  const secrets = [server.secretKey, 'Signature='];
  const env = { ...keys, AWS_ENDPOINT_URL: server.endpoint, AWS_REGION: server.region };
  const registry = await ended(startModelRegistry());
  const create = async (path: string, body: object): Promise<string> => {
    const url = `${registry.url}/api/model_registry/v1alpha3/${path}`;
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    return ((await answer.json()) as { id: string }).id;
  };
  const registeredModelId = await create('registered_models', { name: 'iris' });
  const version = await create('model_versions', { name: 'v1', registeredModelId });
  await create(`model_versions/${version}/artifacts`, { artifactType: 'model-artifact', uri: 's3://models/iris' });
  // As KServe makes it from a secret for MinIO: nobody says how buckets are addressed.
  const minio = { ...keys, S3_ENDPOINT: new URL(server.endpoint).host, S3_USE_HTTPS: '0' };
  return {
    s3: { uri: 's3://models/iris', env, files: tree, secrets },
    's3, a single tar, unpacked': { uri: 's3://models/iris.tar', env, files: tree, secrets },
    'model-registry': {
      uri: 'model-registry://iris/v1',
      env: { ...minio, MODEL_REGISTRY_BASE_URL: new URL(registry.url).host },
      files: tree,
      secrets,
    },
  };
}

async function gcsFetches(): Promise<Record<string, Fetch>> {
  const server = await ended(startFakeGcsServer());
  await server.makeBucket('models');
  await server.putAll('models', below('iris/'));
  await server.put('models', 'iris.zip', zip);
  const accessToken = 'access-token-nobody-may-see';
  const storage = await ended(
    startGate(
      ({ headers }) => (headers.authorization === `Bearer ${accessToken}` ? 'pass' : { status: 401 }),
      server.url,
    ),
  );
  const body = JSON.stringify({ access_token: accessToken, expires_in: 3600 });
  const tokens = await ended(startGate(() => ({ status: 200, body })));
  const credentials = join(root, 'gcloud.json');
  const [client_secret, refresh_token] = ['client-secret-nobody-may-see', 'refresh-token-nobody-may-see'];
  await writeFile(
    credentials,
    JSON.stringify({ type: 'authorized_user', client_id: 'id', client_secret, refresh_token, token_uri: tokens.url }),
  );
  return {
    gcs: {
      uri: 'gs://models/iris',
      env: { API_ENDPOINT_OVERRIDE: storage.url, GOOGLE_APPLICATION_CREDENTIALS: credentials },
      files: tree,
      secrets: [accessToken, client_secret, refresh_token],
    },
    'gcs, a single zip, unpacked': {
      uri: 'gs://models/iris.zip',
      env: { STORAGE_EMULATOR_HOST: server.url },
      files: tree,
    },
  };
}

async function azureFetches(): Promise<Record<string, Fetch>> {
  const azurite = await ended(startAzurite());
  await azurite.makeContainer('models');
  await azurite.putAll('models', below('iris/'));
  await azurite.put('models', 'iris.tar', tar.toString('latin1'));
  const blobs = `https://${azuriteAccount.account}.blob.core.windows.net/models`;
  const endpoint = { AZURE_STORAGE_BLOB_ENDPOINT: azurite.endpoint };
  const signature = serviceSignature(azuriteAccount, 'blob', 'models');
  const share = await ended(startAzureFileShare('share', { ...below('iris/'), 'iris.tar': tar.toString('latin1') }));
  const files = `https://${shareAccount.account}.file.core.windows.net/share`;
  const shareVariables = {
    AZURE_STORAGE_FILE_ENDPOINT: share.endpoint,
    AZURE_STORAGE_ACCESS_KEY: shareAccount.key,
  };
  return {
    azureBlob: {
      uri: `${blobs}/iris`,
      env: { ...endpoint, AZURE_STORAGE_ACCESS_KEY: azuriteAccount.key },
      files: tree,
      secrets: [azuriteAccount.key, 'SharedKey '],
    },
    'azureBlob archive, signed': {
      uri: `${blobs}/iris.tar?${signature}`,
      env: endpoint,
      files: tree,
      secrets: [signature, 'sig='],
    },
    azureFile: { uri: `${files}/iris`, env: shareVariables, files: below('iris/'), secrets: [shareAccount.key] },
    'azureFile archive': { uri: `${files}/iris.tar`, env: shareVariables, files: tree, secrets: [shareAccount.key] },
  };
}

async function hubFetches(): Promise<Record<string, Fetch>> {
  const [id, commit, token] = ['owner/model', 'a'.repeat(40), 'hub-token-nobody-may-see'];
  const hub = await ended(
    startHuggingFaceHub({
      repositories: [{ id, revisions: { main: commit }, commits: { [commit]: tree }, private: true }],
      tokens: { [token]: 'granted' },
    }),
  );
  const scope = await ended(startModelScopeHub({ id, revisions: { master: tree }, token }));
  return {
    huggingFace: { uri: `hf://${id}`, env: { HF_ENDPOINT: hub.url, HF_TOKEN: token }, files: tree, secrets: [token] },
    modelScope: {
      uri: `modelscope://${id}`,
      env: { MODELSCOPE_DOMAIN: scope.url, MODELSCOPE_API_TOKEN: token },
      files: tree,
      secrets: [token],
    },
  };
}

async function hdfsFetches(): Promise<Record<string, Fetch>> {
  const header = 'header-nobody-may-see';
  const cluster = await ended(
    startWebHdfs({
      files: { ...below('/models/iris/'), '/models/iris.tar': tar.toString('latin1') },
      intercept: ({ headers }) => (headers['x-token'] === header ? undefined : { status: 401, headers: {}, body: '' }),
    }),
  );
  const directory = join(root, 'hdfs');
  await mkdir(directory);
  await writeFile(join(directory, 'HDFS_NAMENODE'), cluster.namenodes.join(';'));
  await writeFile(join(directory, 'HEADERS'), JSON.stringify({ 'x-token': header }));
  const env = { HDFS_SECRET_DIR: directory };
  const specified = { type: 'webhdfs', HDFS_NAMENODE: cluster.namenodes[0], HEADERS: `{"x-token":"${header}"}` };
  return {
    webhdfs: { uri: 'hdfs://models/iris', env, files: tree, secrets: [header] },
    'webhdfs archive, of a storage specification': {
      uri: 'webhdfs://models/iris.tar',
      env: { STORAGE_CONFIG: JSON.stringify(specified) },
      files: tree,
      secrets: [header],
    },
  };
}

async function imageFetches(): Promise<Record<string, Fetch>> {
  const registry = await ended(startOciRegistry('basic'));
  const entries = Object.entries(below('models/')).map(([name, content]) => ({ name, content }));
  await registry.pushImage('iris', 'v1', [layer(entries)]);
  const auth = Buffer.from(`${puller.username}:${puller.password}`).toString('base64');
  const config = join(root, 'docker.json');
  await writeFile(config, JSON.stringify({ auths: { [registry.host]: { auth } } }));
  return {
    oci: {
      uri: `oci://${registry.host}/iris:v1`,
      env: { KSERVE_OCI_DOCKER_CONFIG: config },
      files: tree,
      secrets: [auth, puller.password],
    },
  };
}

async function gitFetches(): Promise<Record<string, Fetch>> {
  const server = await ended(startGitServer());
  await server.repository('private/iris.git', tree);
  const authority = join(root, 'authority.pem');
  await writeFile(authority, server.identity.cert);
  const env = {
    SSL_CERT_FILE: authority,
    GIT_USERNAME: gitUser.username,
    GIT_PASSWORD: gitUser.password,
  };
  return {
    git: { uri: `${server.url}/private/iris.git`, env, files: tree, secrets: [gitUser.password] },
  };
}

async function webFetches(): Promise<Record<string, Fetch>> {
  const [header, signature] = ['header-nobody-may-see', 'signature-nobody-may-see'];
  const server = await ended(
    startFileServer((request, response) => {
      const isArchive = request.url?.startsWith('/iris.tar?') === true;
      if (request.headers['x-token'] !== header) response.writeHead(401).end();
      else serveFile(request, response, { content: isArchive ? tar : 'weights' });
    }),
  );
  const env = { '127.0.0.1-headers': JSON.stringify({ 'x-token': header }) };
  const secrets = [header, signature];
  return {
    http: { uri: `${server.url}/model.bin?sig=${signature}`, env, files: { 'model.bin': 'weights' }, secrets },
    'http archive': { uri: `${server.url}/iris.tar?sig=${signature}`, env, files: tree, secrets },
  };
}

async function localFetches(): Promise<Record<string, Fetch>> {
  const directory = join(root, 'local');
  await mkdir(join(directory, 'sub'), { recursive: true });
  for (const [name, content] of Object.entries(tree)) await writeFile(join(directory, name), content);
  await writeFile(join(root, 'iris.zip'), zip);
  return {
    local: { uri: directory, files: { 'model.bin': `-> ${directory}/model.bin`, sub: `-> ${directory}/sub` } },
    'local archive': { uri: `file://${join(root, 'iris.zip')}`, files: tree },
  };
}

const names = [
  ...[
    's3',
    's3, a single tar, unpacked',
    'gcs',
    'gcs, a single zip, unpacked',
    'azureBlob',
    'azureBlob archive, signed',
    'azureFile',
  ],
  ...['azureFile archive', 'huggingFace', 'modelScope', 'webhdfs', 'webhdfs archive, of a storage specification'],
  ...['oci', 'git', 'http', 'http archive', 'local', 'local archive'],
];

async function expectFetched(name: string): Promise<void> {
  const fetch = fetches[name];
  if (fetch === undefined) throw new Error(`nothing says what ${name} is`);
  const destination = join(await mkdtemp(join(root, 'run-')), 'models');
  const env = { TMPDIR: root, AWS_EC2_METADATA_DISABLED: 'true', ...fetch.env };
  const { code, output, last } = await runInitializer(program, [fetch.uri, destination], env);
  expect({ code, output }).toMatchObject({ code: '0' });
  expect(last).toMatch(/ INFO Model downloaded in \d+\.\d{3} seconds\.$/);
  const files = await treeOf(destination);
  expect(Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith('.git/')))).toEqual(fetch.files);
  for (const secret of fetch.secrets ?? []) expect(output).not.toContain(secret);
}

test.each(names)('%s: the program fetches it, and prints no secret (SD-12)', expectFetched, 30_000);

test(
  'model-registry: a model on a server like MinIO needs nothing but its endpoint and keys (SI-15)',
  () => expectFetched('model-registry'),
  30_000,
);

test('no kind of storage is left out', () => {
  const fetched = Object.values(fetches).map(({ uri }) => storageKindOf(uri));
  expect(Object.keys(storageKinds).filter((kind) => !fetched.some((one) => one === kind))).toEqual([]);
  expect(Object.keys(fetches).sort()).toEqual([...names, 'model-registry'].sort());
});
