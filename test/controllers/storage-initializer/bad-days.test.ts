import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '../../cluster/free-port';
import { startModelRegistry, type ModelRegistry } from '../../doubles/model-registry/server';
import { serveFile, startFileServer, type FileServer } from '../../storage-servers/file-server';
import { startHttpFront } from '../../storage-servers/http-front';
import { startProxyServer } from '../../storage-servers/proxy-server';
import { startVersitygw, type Versitygw } from '../../storage-servers/versitygw';
import { buildTimeout } from '../../tools/go-programs';
import { bundledProgram } from '../../program/bundled-program';
import { tarOf } from './archive/tar-bytes';
import { treeOf } from './fetched-tree';
import { namesIn, runInitializer, type InitializerEnd, type InitializerOptions } from './initializer-program';
import { s3ErrorAnswer } from './sources/s3/answering-front';

/**
 * What goes wrong in clusters, with the program as it is in the image: each ends with one last line that says what and where, and with
 * nothing half-written where models are served from.
 */
const bucket = 'models';
const MB = 1_000_000;
/** What nobody may read in a log. */
const password = 'pass-word-nobody-may-see';

let program: string;
let removeProgram: () => Promise<void>;
let s3: Versitygw;
let files: FileServer;
let registry: ModelRegistry;
let root: string;
let destination: string;

const served: Readonly<Record<string, string | Buffer>> = {
  '/model.bin': 'weights',
  '/large.bin': Buffer.alloc(3 * MB, 'x'),
  '/latin.tar': tarOf({ name: Buffer.from('caf\xe9.bin', 'latin1'), body: 'x' }),
};

beforeAll(async () => {
  [{ program, remove: removeProgram }, s3] = await Promise.all([bundledProgram(), startVersitygw()]);
  // Other users must reach it, as they do in an image.
  await chmod(dirname(program), 0o755);
  root = await mkdtemp(join(tmpdir(), 'slipway-bad-days-'));
  await chmod(root, 0o755);
  await s3.makeBucket(bucket);
  await s3.put(bucket, 'iris/model.bin', 'weights');
  files = await startFileServer((request, response) => {
    const content = served[request.url ?? ''];
    if (content === undefined) response.writeHead(404).end();
    else serveFile(request, response, { content });
  });
  registry = await startModelRegistry();
}, buildTimeout);

afterAll(async () => {
  await Promise.all([s3?.stop(), files?.close(), registry?.close(), removeProgram?.()]);
  if (root !== undefined) await rm(root, { recursive: true, force: true });
});

beforeEach(async () => {
  destination = join(await mkdtemp(join(root, 'run-')), 'models');
  await chmod(dirname(destination), 0o755);
});

const s3Variables = (): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: s3.endpoint,
  AWS_ACCESS_KEY_ID: s3.accessKey,
  AWS_SECRET_ACCESS_KEY: s3.secretKey,
  AWS_REGION: s3.region,
  AWS_EC2_METADATA_DISABLED: 'true',
  S3_MAX_ATTEMPTS: '1',
});

const run = (uri: string, env: Readonly<Record<string, string>> = {}, options: InitializerOptions = {}) =>
  runInitializer(program, [uri, destination], { TMPDIR: root, ...env }, options);

/** A run that has failed as runs may: with one line for the user at the end, without a stack and without secrets. */
function expectToldFailure(end: InitializerEnd, code: '1' | '2', last: string | RegExp): void {
  const told = code === '1' ? 'Storage initialization failed: ' : 'slipway: ';
  expect(end.last.startsWith(told) ? end.last.slice(told.length) : end.output).toEqual(
    typeof last === 'string' ? last : expect.stringMatching(last),
  );
  expect(end.code).toBe(code);
  expect(end.lines.filter((line) => /^\s+at |node:internal/.test(line))).toEqual([]);
  for (const secret of [s3.secretKey, password, 'Signature=']) expect(end.output).not.toContain(secret);
}

/** {@link expectToldFailure}, with nothing left in the destination. */
async function expectFailure(end: InitializerEnd, last: string | RegExp): Promise<void> {
  expectToldFailure(end, '1', last);
  expect(await namesIn(destination)).toEqual([]);
}

/** The same of a failure of the network: what was fetched is kept for the next try, unpublished. */
async function expectFailureOfNetwork(end: InitializerEnd, last: string | RegExp): Promise<void> {
  expectToldFailure(end, '1', last);
  expect((await namesIn(destination)).filter((name) => !name.startsWith('.partial-'))).toEqual([]);
}

/**
 * A shell in which the destination is a file system of its own, that runs its arguments and lists then what is there, on standard output:
 * nobody else sees that file system.
 */
const onOwnFileSystem = (options: string): InitializerOptions => ({
  within: [
    ...['unshare', '--user', '--map-root-user', '--mount', '/bin/sh', '-c'],
    `PATH=/usr/sbin:/usr/bin:/sbin:/bin; mount -t tmpfs -o ${options} models "$0" && { "$@"; code=$?; ls -A "$0"; exit $code; }`,
    destination,
  ],
});

function hasNamespaces(): boolean {
  try {
    execFileSync('unshare', ['--user', '--map-root-user', '--mount', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
/** Containers often may not mount. */
const testWithMounts = hasNamespaces() ? test : test.skip;

describe('the destination', () => {
  testWithMounts('that is full is told with what to do, and is as empty as it was (SD-06)', async () => {
    await mkdir(destination);
    const end = await run(`${files.url}/large.bin`, {}, onOwnFileSystem('size=1m'));
    expectToldFailure(end, '1', /^writing .*large\.bin: .*ENOSPC.*: the volume is full, give it more space$/);
    expect(end.stdout).toBe('');
  });

  testWithMounts('that is full before the first byte is told too', async () => {
    await mkdir(destination);
    const end = await run(`${files.url}/large.bin`, {}, onOwnFileSystem('nr_inodes=1'));
    expectToldFailure(end, '1', /^preparing .*\/models: .*ENOSPC.*: the volume is full, give it more space$/);
    expect(end.stdout).toBe('');
  });

  testWithMounts('that is read-only is told with what to do', async () => {
    await mkdir(destination);
    const end = await run(`${files.url}/model.bin`, {}, onOwnFileSystem('ro'));
    expectToldFailure(
      end,
      '1',
      /^preparing .*\/models: .*EROFS.*: the file system is read-only, mount a writable volume$/,
    );
    expect(end.stdout).toBe('');
  });

  test('of somebody else is told with what to set (SD-11)', async () => {
    await mkdir(destination, { mode: 0o755 });
    const isRoot = process.getuid?.() === 0;
    if (!isRoot) await chmod(destination, 0o555);
    const end = await run(`${files.url}/model.bin`, { TMPDIR: tmpdir() }, isRoot ? { uid: 12345 } : {});
    await expectFailure(
      end,
      /^preparing .*\/models: .*EACCES.*: the user of the container may not write there, set fsGroup or runAsUser$/,
    );
  });

  test('of any user at all is written to by that user (SD-11)', async () => {
    await mkdir(destination);
    await chmod(destination, 0o777);
    const end = await run(
      `${files.url}/model.bin`,
      { TMPDIR: tmpdir() },
      process.getuid?.() === 0 ? { uid: 12345 } : {},
    );
    expect(end).toMatchObject({ code: '0' });
    expect(await treeOf(destination)).toEqual({ 'model.bin': 'weights' });
  });
});

describe('S3', () => {
  test('an object that is deleted between list and get is named', async () => {
    await s3.put(bucket, 'gone/a', 'a');
    const front = await startHttpFront(s3.endpoint, async ({ url }) => {
      if (url?.startsWith(`/${bucket}/gone/`) === true) await s3.remove(bucket, 'gone/a');
      return false;
    });
    try {
      const end = await run(`s3://${bucket}/gone`, { ...s3Variables(), AWS_ENDPOINT_URL: `http://${front.host}` });
      await expectFailure(end, /^S3 resource 's3:\/\/models\/gone\/a' not found\. \(NoSuchKey: .*\)$/);
    } finally {
      await front.close();
    }
  });

  test('a clock that is 16 minutes off is named, with its difference', async () => {
    const slow = 'const now = Date.now; Date.now = () => now() - 16 * 60_000;';
    const env = { ...s3Variables(), NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(slow)}` };
    await expectFailure(
      await run(`s3://${bucket}/iris`, env),
      "S3 error [RequestTimeTooSkewed]: the clock of this machine is 16 min behind the server's, set the clock of the node",
    );
  });

  test('0 objects are no model', async () => {
    await expectFailure(
      await run(`s3://${bucket}/nothing`, s3Variables()),
      `Failed to fetch model. No model found in s3://${bucket}/nothing.`,
    );
  });

  test.each([
    ['an unknown key', { AWS_ACCESS_KEY_ID: 'no-such-key' }, 'InvalidAccessKeyId'],
    ['a wrong secret', { AWS_SECRET_ACCESS_KEY: password }, 'SignatureDoesNotMatch'],
  ])('%s is told, and never shown (SD-12)', async (_name, env, code) => {
    await expectFailure(
      await run(`s3://${bucket}/iris`, { ...s3Variables(), ...env }),
      `Invalid AWS credentials. Verify AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. (${code})`,
    );
  });

  test('no credentials: the line says what to set', async () => {
    const env = { ...s3Variables(), AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    await expectFailure(
      await run(`s3://${bucket}/iris`, env),
      /^S3 authentication failed\. Set AWS_ACCESS_KEY_ID\/AWS_SECRET_ACCESS_KEY or use awsAnonymousCredential=true\. \(no credentials: /,
    );
  });

  test('a bucket that is missing is named', async () => {
    await expectFailure(
      await run('s3://no-such-bucket/iris', s3Variables()),
      "S3 bucket 'no-such-bucket' does not exist.",
    );
  });

  test('the wrong region is corrected, and the log says which one to set', async () => {
    const end = await run(`s3://${bucket}/iris`, { ...s3Variables(), AWS_REGION: 'eu-west-3' });
    expect(end.output).toMatch(/WARNING .*is in region us-east-1, not eu-west-3/);
    expect(end.code).toBe('0');
    expect(await treeOf(destination)).toEqual({ 'model.bin': 'weights' });
  });

  test('the wrong region that the server does not correct is told', async () => {
    const { status, headers, body } = s3ErrorAnswer(400, 'AuthorizationHeaderMalformed', 'the region is wrong');
    const front = await startHttpFront(s3.endpoint, (_incoming, response) => {
      response.writeHead(status, headers).end(body);
      return true;
    });
    try {
      const end = await run(`s3://${bucket}/iris`, { ...s3Variables(), AWS_ENDPOINT_URL: `http://${front.host}` });
      await expectFailure(end, /^S3 error \[AuthorizationHeaderMalformed\]: the region is wrong/);
    } finally {
      await front.close();
    }
  });

  test('a token that expires half-way and has no successor ends it, and the files before it are not published', async () => {
    for (const name of ['a', 'b', 'c']) await s3.put(bucket, `token/${name}`, name);
    let fetched = 0;
    const { status, headers, body } = s3ErrorAnswer(400, 'ExpiredToken', 'The provided token has expired.');
    const front = await startHttpFront(s3.endpoint, ({ url }, response) => {
      if (url?.startsWith(`/${bucket}/token/`) !== true) return false;
      fetched += 1;
      if (fetched === 1) return false;
      response.writeHead(status, headers).end(body);
      return true;
    });
    try {
      const end = await run(`s3://${bucket}/token`, {
        ...s3Variables(),
        AWS_ENDPOINT_URL: `http://${front.host}`,
        S3_MAX_FILE_CONCURRENCY: '1',
      });
      await expectFailure(end, /^S3 authentication failed\. .* \(those of the environment have expired\)$/);
      expect(fetched).toBeGreaterThan(1);
    } finally {
      await front.close();
    }
  });

  test('nobody who listens: the endpoint is named', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const end = await run(`s3://${bucket}/iris`, { ...s3Variables(), AWS_ENDPOINT_URL: endpoint });
    await expectFailureOfNetwork(
      end,
      new RegExp(`^Failed to connect to S3 endpoint '${endpoint}'\\. \\(.*ECONNREFUSED.*\\)$`),
    );
  });
});

describe('HTTP', () => {
  test('a file that is missing is named, without the query', async () => {
    const end = await run(`${files.url}/missing.bin?token=${password}`);
    await expectFailure(end, `HTTP resource not found at '${files.url}/missing.bin'.`);
  });

  test('an archive with names that are not UTF-8 is refused as a whole', async () => {
    await expectFailure(await run(`${files.url}/latin.tar`), /latin\.tar: .*not UTF-8/);
  });

  test('a proxy that refuses CONNECT is named, and its password is not', async () => {
    const proxy = await startProxyServer(() => 403);
    try {
      const end = await run('https://models.invalid/model.bin', {
        HTTPS_PROXY: `http://user:${password}@127.0.0.1:${proxy.port}`,
      });
      await expectFailureOfNetwork(
        end,
        new RegExp(`^Failed to connect to HTTP endpoint .*models\\.invalid.*127\\.0\\.0\\.1:${proxy.port}.*403`),
      );
      expect(proxy.seen[0]).toContain('CONNECT models.invalid:443');
    } finally {
      await proxy.close();
    }
  });
});

describe('the registry', () => {
  const create = async (path: string, body: object): Promise<string> => {
    const url = `${registry.url}/api/model_registry/v1alpha3/${path}`;
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
    const { id, message } = (await answer.json()) as { id?: string; message?: string };
    if (id === undefined) throw new Error(`POST ${path}: ${message}`);
    return id;
  };
  const variables = (url: string) => ({
    MODEL_REGISTRY_BASE_URL: new URL(url).host,
    MODEL_REGISTRY_MAX_ATTEMPTS: '1',
  });

  beforeAll(async () => {
    const registeredModelId = await create('registered_models', { name: 'iris' });
    await create('model_versions', { name: 'v1', registeredModelId });
    await create('model_versions', { name: 'old', registeredModelId, state: 'ARCHIVED' });
    await create('registered_models', { name: 'retired', state: 'ARCHIVED' });
  });

  test.each([
    ['an unknown model', 'absent', /^registered model 'absent' not found at http:\/\/127\.0\.0\.1:\d+$/],
    [
      'an unknown version',
      'iris/v9',
      /version 'v9' of registered model 'iris' at http:\/\/127\.0\.0\.1:\d+ not found$/,
    ],
    ['an archived version', 'iris/old', /^version 'old' of registered model 'iris' at http:.* is archived: restore it/],
    ['an archived model', 'retired', /^registered model 'retired' at http:.* is archived: restore it/],
    ['a version without files', 'iris/v1', /^no artifacts associated to model version/],
  ])('%s is named', async (_name, path, last) => {
    await expectFailure(await run(`model-registry://${path}`, variables(registry.url)), last);
  });

  test('that is down is named', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await expectFailureOfNetwork(
      await run('model-registry://iris', variables(url)),
      new RegExp(`${url}.*ECONNREFUSED`),
    );
  });

  test('that answers with a web page is told from one', async () => {
    const page = await startFileServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Log in</body></html>');
    });
    try {
      await expectFailure(
        await run('model-registry://iris', variables(page.url)),
        new RegExp(`${page.url}/.*: 200 with "<html>.*is this a Model Registry\\?$`),
      );
    } finally {
      await page.close();
    }
  });
});

describe('what was asked for', () => {
  test.each([
    ['ftp://host/model', 'ftp://host/model'],
    ['pvc://claim/model', 'pvc://claim/model'],
    [`ftp://user:${password}@host/model?sig=${password}`, 'ftp://host/model'],
  ])('%s is no URI that is fetched', async (uri, shown) => {
    await expectFailure(
      await run(uri),
      `Cannot recognize storage type for ${shown}: 'gs://', 's3://', 'file://', 'http(s)://', 'hf://', 'modelscope://' and 'oci://' are the current available storage type.`,
    );
  });

  test.each([
    ['nothing', () => []],
    ['a URI without directory', () => ['s3://models/iris']],
    ['an odd number', () => ['s3://models/iris', destination, 's3://models/other']],
    ['an empty URI', () => ['', destination]],
    ['an empty directory', () => ['s3://models/iris', '']],
  ])('%s is answered with the usage and exit code 2 (SD-14, SD-15)', async (_name, args) => {
    const end = await runInitializer(program, args());
    expectToldFailure(end, '2', 'Usage: slipway storage-initializer src_uri_0 dest_path_0 ... src_uri_n dest_path_n');
    expect(end.lines).toHaveLength(1);
    expect(await namesIn(dirname(destination))).toEqual([]);
  });

  test.each([
    ['S3_READ_TIMEOUT', 'x', 'environment: S3_READ_TIMEOUT: got "x", expected a whole number from 1 to 3600'],
    [
      'STORAGE_CONFIG',
      `{"type":"s3","secret_access_key":"${password}"`,
      'environment: STORAGE_CONFIG: expected a JSON object of texts, numbers and switches',
    ],
    [
      'HTTP_PROXY',
      `socks5://user:${password}@proxy:1080`,
      'environment: HTTP_PROXY: expected the URL of an HTTP proxy like http://proxy.example:3128 (its value is not shown, it may have a password)',
    ],
    [
      'AWS_ENDPOINT_URL',
      `http://user:${password}@minio:9000`,
      'environment: AWS_ENDPOINT_URL: got "http://minio:9000", expected a URL like https://minio.example.com:9000 without user and query',
    ],
    [
      'STORAGE_ALLOW_PATTERNS',
      '["*.bin"',
      'environment: STORAGE_ALLOW_PATTERNS: got ["*.bin", expected a JSON array of strings or a list with commas',
    ],
  ])('a wrong %s is named, with exit code 2 and no secret (SD-12, SD-15)', async (name, value, last) => {
    const end = await run(`s3://${bucket}/iris`, { ...s3Variables(), [name]: value });
    expectToldFailure(end, '2', last);
    expect(await namesIn(destination)).toEqual([]);
  });
});

describe('several pairs', () => {
  const into = (name: string) => join(destination, name);

  test('are fetched in their order, whatever their schemes are (SD-14)', async () => {
    const local = join(root, 'local');
    await mkdir(local);
    await writeFile(join(local, 'config.json'), '{}');
    const pairs = [`${files.url}/model.bin`, into('http'), local, into('local'), `s3://${bucket}/iris`, into('s3')];
    const end = await runInitializer(program, pairs, s3Variables());
    expect(end).toMatchObject({ code: '0' });
    expect(await treeOf(destination)).toEqual({
      'http/model.bin': 'weights',
      'http/.slipway-fetched.json': expect.any(String) as string,
      'local/config.json': `-> ${local}/config.json`,
      'local/.slipway-fetched.json': expect.any(String) as string,
      's3/model.bin': 'weights',
      's3/.slipway-fetched.json': expect.any(String) as string,
    });
    const copied = end.lines.flatMap((line) => / Successfully copied (\S+) to /.exec(line)?.[1] ?? []);
    expect(copied).toEqual([pairs[0], pairs[2], pairs[4]]);
  });

  test('may have one destination', async () => {
    const pairs = [`${files.url}/model.bin`, destination, `${files.url}/large.bin`, destination];
    expect(await runInitializer(program, pairs)).toMatchObject({ code: '0' });
    expect(await namesIn(destination)).toEqual(['.slipway-fetched.json', 'large.bin', 'model.bin']);
  });

  test('end with the first failure: what was before it stays, what comes after it is not asked for', async () => {
    const asked = files.seen.length;
    const pairs = [`${files.url}/model.bin`, into('a'), `${files.url}/missing.bin`, into('b')];
    const end = await runInitializer(program, [...pairs, `${files.url}/large.bin`, into('c')]);
    expectToldFailure(end, '1', `HTTP resource not found at '${files.url}/missing.bin'.`);
    expect(await namesIn(into('a'))).toEqual(['.slipway-fetched.json', 'model.bin']);
    expect(await namesIn(into('b'))).toEqual([]);
    expect(await namesIn(destination)).not.toContain('c');
    expect(files.seen.slice(asked).map(({ url }) => url)).not.toContain('/large.bin');
  });
});
