import type { IncomingMessage } from 'node:http';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storageKinds } from '../../../definitions/storage/storage-kinds';
import { startFileServer, type FileServer } from '../../storage-servers/file-server';
import { bundledProgram } from '../../program/bundled-program';
import { namesIn, runInitializer } from './initializer-program';

/**
 * The last line as the user meets it: with `FallbackToLogsOnError` Kubernetes takes the last 2048 bytes of the log as termination message,
 * and KServe shows them in the status. So the line has to fit, begin with what went wrong, and have nothing in it that a status must not
 * have, whatever a server answers.
 */
const termination = 2048;
const [password, token] = ['pass-word-nobody-may-see', 'token-nobody-may-see'];

let program: string;
let removeProgram: () => Promise<void>;
let server: FileServer;
let root: string;
let destination: string;
/** What the server says in its own way to refuse. */
let words: (request: IncomingMessage) => string;

/** A text longer than any status. */
const endless = 'so many words. '.repeat(500);

beforeAll(async () => {
  ({ program, remove: removeProgram } = await bundledProgram());
  root = await mkdtemp(join(tmpdir(), 'slipway-termination-'));
  await mkdir(join(root, 'hdfs'));
  server = await startFileServer((request, response) => {
    const [said, kind] = [words(request), /^\/([a-z]+)/.exec(request.url ?? '')?.[1] ?? ''];
    const json = JSON.stringify({
      message: said,
      Message: said,
      error: kind === 'storage' ? { message: said } : said,
      errors: [{ code: 'DENIED', message: said }],
      RemoteException: { exception: 'IOException', javaClassName: 'java.io.IOException', message: said },
    });
    const text = said.replace(/[&<>]/g, ' ');
    const xml = `<?xml version="1.0"?><Error><Code>Odd</Code><Message>${text}</Message></Error>`;
    const isXml = kind === 'buckets' || kind === 'azure';
    response
      .writeHead(kind === 'git' ? 403 : 400, {
        'content-type': isXml ? 'application/xml' : 'application/json',
        'x-ms-error-code': 'Odd',
      })
      .end(isXml ? xml : json);
  });
  await writeFile(join(root, 'hdfs/HDFS_NAMENODE'), server.url);
  await writeFile(join(root, 'hdfs/HEADERS'), JSON.stringify({ authorization: `Bearer ${token}` }));
  const auth = Buffer.from(`user:${password}`).toString('base64');
  await writeFile(join(root, 'docker.json'), JSON.stringify({ auths: { [new URL(server.url).host]: { auth } } }));
}, 120_000);

afterAll(async () => {
  await Promise.all([server?.close(), removeProgram?.()]);
  if (root !== undefined) await rm(root, { recursive: true, force: true });
});

beforeEach(async () => {
  destination = join(await mkdtemp(join(root, 'run-')), 'models');
});

interface Refused {
  readonly uri: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A URI of each kind, with all the secrets it may have, that leads to the server. */
const refused = (): Readonly<Record<keyof typeof storageKinds | 'registry', Refused>> => {
  const key = Buffer.from(password).toString('base64');
  const { url } = server;
  return {
    s3: {
      uri: 's3://models/iris',
      env: { AWS_ENDPOINT_URL: `${url}/buckets`, AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: password },
    },
    gcs: { uri: 'gs://models/iris', env: { STORAGE_EMULATOR_HOST: `${url}/gcs` } },
    azureBlob: {
      uri: `https://models.blob.core.windows.net/c/iris?sig=${token}`,
      env: { AZURE_STORAGE_BLOB_ENDPOINT: `${url}/azure` },
    },
    azureFile: {
      uri: 'https://models.file.core.windows.net/s/iris',
      env: { AZURE_STORAGE_FILE_ENDPOINT: `${url}/azure`, AZURE_STORAGE_ACCESS_KEY: key },
    },
    huggingFace: { uri: 'hf://owner/model', env: { HF_ENDPOINT: url, HF_TOKEN: token } },
    modelScope: { uri: 'ms://owner/model', env: { MODELSCOPE_DOMAIN: url, MODELSCOPE_API_TOKEN: token } },
    webhdfs: { uri: 'hdfs://models/iris', env: { HDFS_SECRET_DIR: join(root, 'hdfs') } },
    oci: {
      uri: `oci://${new URL(url).host}/iris:v1`,
      env: { KSERVE_OCI_DOCKER_CONFIG: join(root, 'docker.json') },
    },
    git: {
      // Git is fetched over TLS only: the proxy's refusal is what it meets.
      uri: `https://user:${password}@git.invalid/iris.git?token=${token}`,
      env: { GIT_PASSWORD: password, HTTPS_PROXY: `http://user:${password}@${new URL(url).host}` },
    },
    http: {
      uri: `${url.replace('//', `//user:${password}@`)}/model.bin?sig=${token}`,
      env: { '127.0.0.1-headers': JSON.stringify({ authorization: `Bearer ${token}` }) },
    },
    registry: { uri: `model-registry://iris`, env: { MODEL_REGISTRY_BASE_URL: new URL(url).host } },
  };
};

/** Runs it into its refusal. @returns the last line */
async function lastLine({ uri, env }: Refused): Promise<string> {
  const end = await runInitializer(program, [uri, destination], {
    TMPDIR: root,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...env,
  });
  expect(end).toMatchObject({ code: '1', last: expect.stringMatching(/^Storage initialization failed: \S/) as string });
  for (const secret of [password, Buffer.from(password).toString('base64'), token]) {
    expect(end.output).not.toContain(secret);
  }
  expect(end.output).not.toMatch(/Basic [A-Za-z0-9+/]{8,}/);
  expect((await namesIn(destination)).filter((name) => !name.startsWith('.partial-'))).toEqual([]);
  return end.last;
}

/** Of these a refusal has no words, or others than ours. */
const wordless: ReadonlySet<string> = new Set(['http', 'git', 'huggingFace']);
const kinds = [...(Object.keys(storageKinds) as (keyof typeof storageKinds)[]), 'registry'] as const;

test.each(kinds)(
  '%s: a refusal with endless words fits into the termination message (SD-13)',
  async (kind) => {
    words = () => endless;
    const last = await lastLine(refused()[kind]);
    expect(Buffer.byteLength(last)).toBeLessThan(termination);
    if (!wordless.has(kind)) expect(last).toContain('so many words. ');
  },
  60_000,
);

test.each(kinds)(
  '%s: a refusal of many lines that quotes what was sent is one line without secrets (SD-12)',
  async (kind) => {
    words = ({ url, headers }) =>
      `refused:\n  GET ${url}\r\n  Authorization: ${headers.authorization}\n\u001b[31mbye\u2028\n    at Server.refuse (server.js:1:1)`;
    const last = await lastLine(refused()[kind]);
    // eslint-disable-next-line no-control-regex -- they are what must not be there
    expect(last).not.toMatch(/[\u0000-\u001f\u007f\u2028]/);
  },
  60_000,
);

test('a URI longer than the termination message leaves what went wrong readable', async () => {
  words = () => 'no';
  const env = refused().s3.env;
  const last = await lastLine({ uri: `s3://models/${'long/'.repeat(200)}iris`, env });
  expect(Buffer.byteLength(last)).toBeLessThan(termination);
  expect(last).toContain('Odd');
});

test('the line comes after everything that was logged, without time and level', async () => {
  words = () => 'no';
  const last = await lastLine(refused().s3);
  expect(last).toBe('Storage initialization failed: S3 error [Odd]: no (s3://models/iris)');
});
