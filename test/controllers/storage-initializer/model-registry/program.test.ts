import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startModelRegistry, type ModelRegistry } from '../../../doubles/model-registry/server';
import { startLoopbackServer, type LoopbackServer } from '../../../doubles/model-registry/loopback-server';
import { registryFaults } from '../../../doubles/model-registry/faults';
import { bundledProgram } from '../../../program/bundled-program';
import { runToEnd } from '../../registry-sync/controller-process';
import { tarOf } from '../archive/tar-bytes';
import { treeOf } from '../fetched-tree';

/** `model-registry://` through the program as it is in the image: registry, then storage, then the files. */
let program: Awaited<ReturnType<typeof bundledProgram>>;
let registry: ModelRegistry;
let storage: LoopbackServer;
let root: string;
let destination: string;

/** Of ASCII, so that it is the same as text. */
const archive = tarOf({ name: 'a/weights', body: 'weights' }).toString('latin1');
const signature = 'sig-nature-nobody-may-see';
const create = async (path: string, body: object): Promise<string> => {
  const url = `${registry.url}/api/model_registry/v1alpha3/${path}`;
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
};
const addModel = async (name: string, artifact: object) => {
  const registeredModelId = await create('registered_models', { name });
  const version = await create('model_versions', { name: 'v1', registeredModelId });
  await create(`model_versions/${version}/artifacts`, { artifactType: 'model-artifact', name: 'files', ...artifact });
  return registeredModelId;
};

beforeAll(async () => {
  program = await bundledProgram();
  root = await mkdtemp(join(tmpdir(), 'slipway-registry-program-'));
  registry = await startModelRegistry();
  storage = await startLoopbackServer(({ url }) => ({
    status: 200,
    headers: {},
    body: url.pathname === '/model.tar' ? archive : `content of ${url.pathname}`,
  }));
}, 120_000);

afterAll(async () => {
  await registry?.close();
  await storage?.close();
  await program?.remove();
  if (root !== undefined) await rm(root, { recursive: true, force: true });
});

beforeEach(async () => {
  destination = await mkdtemp(join(root, 'models-'));
  registry.clearLog();
  registry.clearFaults();
});

const run = (uri: string, variables: Readonly<Record<string, string>> = {}) =>
  runToEnd(program.program, ['storage-initializer', uri, destination], {
    MODEL_REGISTRY_BASE_URL: new URL(registry.url).host,
    HOSTNAME: 'pod',
    TMPDIR: root,
    ...variables,
  });
const lastLine = (output: string) => output.trimEnd().split('\n').at(-1) ?? '';

describe('the storage initializer with model-registry://', () => {
  it('fetches the file of the model under its base name, and says where it found it without signatures (SI-12, SI-13)', async () => {
    await addModel('iris', { uri: `${storage.url}/models/iris.bin?sig=${signature}` });
    const { code, output } = await run('model-registry://iris/v1');
    expect({ code, files: await treeOf(destination) }).toEqual({
      code: '0',
      files: { 'iris.bin': 'content of /models/iris.bin' },
    });
    expect(output).toContain(
      `Model Registry at ${registry.url}: model 'iris' (1), version 'v1' (2), artifact 'files' (1) is at ` +
        `${storage.url}/models/iris.bin`,
    );
    expect(output).not.toContain(signature);
  }, 30_000);

  it('started again in the same pod keeps the version it has fetched, though there is a later one (SD-06)', async () => {
    const model = await addModel('kept', { uri: `${storage.url}/v1.bin` });
    expect((await run('model-registry://kept')).code).toBe('0');
    const later = await create('model_versions', { name: 'v2', registeredModelId: model });
    await create(`model_versions/${later}/artifacts`, { artifactType: 'model-artifact', uri: `${storage.url}/v2.bin` });
    expect((await run('model-registry://kept')).code).toBe('0');
    expect(Object.keys(await treeOf(destination))).toEqual(['v1.bin']);
  }, 30_000);

  it('refuses a file that is not the one the registry has the digest of, and publishes nothing (SI-17)', async () => {
    const customProperties = {
      sha256: { metadataType: 'MetadataStringValue', string_value: 'ab'.repeat(32) },
    };
    await addModel('altered', { uri: `${storage.url}/altered.bin`, customProperties });
    const { code, output } = await run('model-registry://altered');
    expect(code).toBe('1');
    expect(lastLine(output)).toMatch(/^Storage initialization failed: .*promised was (ab){32}$/);
    expect(
      await treeOf(destination).then((files) => Object.keys(files).filter((name) => !name.startsWith('.'))),
    ).toEqual([]);
  }, 120_000);

  it('has the digest of an archive as it was uploaded, and a wrong one lets nothing of it through (SI-17)', async () => {
    const of = (string_value: string) => ({
      uri: `${storage.url}/model.tar`,
      customProperties: { sha256: { metadataType: 'MetadataStringValue', string_value } },
    });
    await addModel('wrong-archive', of('ab'.repeat(32)));
    const wrong = await run('model-registry://wrong-archive');
    expect(wrong.code).toBe('1');
    expect(lastLine(wrong.output)).toContain('sha256');
    expect(Object.keys(await treeOf(destination)).filter((name) => !name.startsWith('.'))).toEqual([]);
    await addModel('right-archive', of(createHash('sha256').update(archive).digest('hex')));
    expect((await run('model-registry://right-archive')).code).toBe('0');
    expect(await treeOf(destination)).toEqual({ 'a/weights': 'weights' });
  }, 120_000);

  it.each([
    ['model-registry://absent/v1', /^Storage initialization failed: registered model 'absent' not found at http/],
    [
      'model-registry://iris/v9',
      /^Storage initialization failed: error fetching model version: version 'v9' of .* not found$/,
    ],
    ['model-registry://iris?namespace=', /^Storage initialization failed: invalid model registry URI, use like /],
  ])('%s ends with one line that says what and where, and exit code 1 (SD-13, SD-15)', async (uri, line) => {
    const { code, output } = await run(uri);
    expect(code).toBe('1');
    expect(lastLine(output)).toMatch(line);
    expect(await readdir(destination)).toEqual([]);
  });

  it('says so when the registry has led to itself again (SI-11)', async () => {
    await addModel('loop', { uri: 'model-registry://iris/v1' });
    const { code, output } = await run('model-registry://loop');
    expect(code).toBe('1');
    expect(lastLine(output)).toContain('protocol not supported for storageUri (model-registry://iris/v1: ');
  });

  it('names the registry when it fails (SI-10)', async () => {
    registry.inject({ fault: registryFaults.internalError });
    const { code, output } = await run('model-registry://iris', { MODEL_REGISTRY_MAX_ATTEMPTS: '2' });
    expect(code).toBe('1');
    expect(lastLine(output)).toContain('500 driver: bad connection');
    expect(registry.log).toHaveLength(2);
  });

  it('ends with exit code 2 for a variable that can not be used (SD-15)', async () => {
    const { code, output } = await run('model-registry://iris', { MODEL_REGISTRY_SCHEME: 'ftp' });
    expect({ code, last: lastLine(output) }).toEqual({
      code: '2',
      last: 'slipway: environment: MODEL_REGISTRY_SCHEME: got "ftp", allowed: http, https',
    });
  });

  it('does not show a storage specification that can not be read, and leaves no file of one that can (SD-12)', async () => {
    const secret = 'secret-nobody-may-see';
    const wrong = await run('model-registry://iris', {
      STORAGE_CONFIG: `{"type":"s3","secret_access_key":"${secret}"`,
    });
    expect(wrong.code).toBe('2');
    expect(wrong.output).not.toContain(secret);
    const temporary = join(root, 'temporary');
    await mkdir(temporary);
    await writeFile(join(temporary, 'other'), '');
    const { code, output } = await run('model-registry://iris', {
      STORAGE_CONFIG: JSON.stringify({ type: 'hdfs', HEADERS: secret }),
      TMPDIR: temporary,
    });
    expect({ code, left: await readdir(temporary) }).toEqual({ code: '0', left: ['other'] });
    expect(output).not.toContain(secret);
    expect(await readFile(join(destination, 'iris.bin'), 'utf8')).toBe('content of /models/iris.bin');
  });
});
