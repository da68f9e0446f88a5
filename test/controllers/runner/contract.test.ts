import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { byteCount } from '../../../controllers/runner/byte-count';
import { readContract } from '../../../controllers/runner/contract-file';
import { batchLimitsOf, executionOf } from '../../../controllers/runner/execution-of';
import { contractHashOf, executionIdOf } from '../../../controllers/runner/identity';
import { withPlaceholders } from '../../../controllers/runner/placeholders';
import { redactedContract } from '../../../controllers/runner/redacted-contract';
import { RunnerError } from '../../../controllers/runner/runner-error';
import { chosenStorage } from '../../../controllers/runner/storage-kind';
import { executionDefaults } from '../../../definitions/inference/execution';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slipway-contract-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function contractFile(text: string) {
  const path = join(directory, 'contract.json');
  await writeFile(path, text);
  return readContract({ CONTRACT_PATH: path });
}

/** What our controller gives, and what upstream's gave, have these members. */
const plain = {
  jobId: '5be07ada-5fe0-4c9e-a8bc-aaae67d8d344',
  jobName: 'inf-iris-5be07ada',
  kserve: {
    modelName: 'iris',
    modelUrl: 'iris.kserve-test/v2/models/iris/infer',
    modelVersion: 'v2',
    modelInputName: 'input-0',
  },
  input: { krateo: { api: { path: '/compute/in' } } },
  output: { custom: { s3: { moreCustom: 'data' } } },
  parameters: { input_table_name: 'iris' },
};

describe('a Contract', () => {
  test('of upstream’s controller is read, and gets the defaults of its input kind', async () => {
    const { contract } = await contractFile(JSON.stringify(plain));
    expect(contract).toEqual(plain);
    expect(executionOf(contract)).toEqual(executionDefaults('krateo'));
  });

  test('keeps members that nobody knows, and whole numbers of any size', async () => {
    const text = '{"jobName":"a","kserve":{},"later":1,"input":{"inline":{"items":[9007199254740993]}}}';
    const { contract } = await contractFile(text);
    expect(contract['later']).toBe(1);
    expect(contract.input).toEqual({ inline: { items: [9_007_199_254_740_993n] } });
  });

  test.each([
    ['is no JSON', '{"jobName"', /contract\.json: is no JSON: /],
    ['is no object', '"text"', /contract\.json: is no JSON object$/],
    ['lacks a member', '{"kserve":{}}', /contract\.json: jobName: got nothing, expected string$/],
    [
      'has a protocol there is not',
      '{"jobName":"a","kserve":{"protocol":"v2-grpc"}}',
      /kserve\.protocol: got "v2-grpc", allowed: auto, v1, v2$/,
    ],
    [
      'has a setting there is not',
      '{"jobName":"a","kserve":{},"execution":{"batch":{"items":1}}}',
      /unknown key execution\.batch\.items/,
    ],
    [
      'has a setting out of its range',
      '{"jobName":"a","kserve":{},"execution":{"concurrency":1000}}',
      /execution\.concurrency: got 1000, must be at most 256$/,
    ],
  ])('that %s ends with 2 and says where', async (_name, text, message) => {
    await expect(contractFile(text)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
  });

  test('that is not there ends with 2 and names every place that was looked at', async () => {
    await expect(readContract({ CONTRACT_PATH: '/nowhere/contract.json' })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/\/nowhere\/contract\.json.*set CONTRACT_PATH to its file/) as string,
    });
    await expect(readContract({})).rejects.toMatchObject({
      message: expect.stringMatching(/\/etc\/inference\/contract\.json.*\/tmp\/contract\.json/) as string,
    });
  });
});

describe('settings that are not supported end with 2', () => {
  const execution = (settings: Readonly<Record<string, unknown>>) =>
    executionOf({ jobName: 'a', kserve: {}, execution: settings });

  test.each(['configMap', 'pvc'])('checkpoint mode %s', (mode) => {
    expect(() => execution({ checkpoint: { mode } })).toThrow(
      `execution.checkpoint.mode: got "${mode}", which is not supported yet, give auto, off, output`,
    );
  });

  test.each(['0', '-4Mi', '100m'])('batches of %s bytes', (maxBytes) => {
    expect(() => batchLimitsOf(execution({ batch: { maxBytes } }))).toThrow(
      `execution.batch.maxBytes: got "${maxBytes}", expected a quantity of at least one byte such as 4Mi`,
    );
  });
});

test.each([
  ['4Mi', 4 * 2 ** 20],
  [1024, 1024],
  ['1.5k', 1500],
  ['1e3', 1000],
  ['2Gi', 2 ** 31],
  ['0.5', undefined],
  ['4MiB', undefined],
  ['', undefined],
])('%s is an amount of %s bytes', (quantity, bytes) => {
  expect(byteCount(quantity)).toBe(bytes);
});

describe('the identity of the work', () => {
  test('is the Contract’s, else that of the Job, else that of the run', () => {
    const environment = { JOB_UID: 'job' };
    expect(executionIdOf({ ...plain, executionId: 'own' }, environment)).toBe('own');
    expect(executionIdOf(plain, environment)).toBe('job');
    expect(executionIdOf(plain, {})).toBe(plain.jobId);
    expect(() => executionIdOf({ jobName: 'a', kserve: {} }, {})).toThrow('the work has no identity');
  });

  test('has a hash that attempts share, and other work has not', () => {
    const hash = contractHashOf(plain);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(contractHashOf({ ...plain, attempt: 2, executionId: 'own' })).toBe(hash);
    expect(contractHashOf({ ...plain, parameters: { input_table_name: 'other' } })).not.toBe(hash);
  });
});

describe('a storage kind (AT-44)', () => {
  const supported = new Map([
    ['http', 'code of http'],
    ['s3', 'code of s3'],
  ]);

  test('is the one the Contract names', () => {
    expect(chosenStorage('input', { s3: { bucket: 'a' } }, supported)).toEqual({
      kind: 's3',
      settings: { bucket: 'a' },
      code: 'code of s3',
    });
  });

  test.each([
    [{ custom: {} }, 'output: unsupported storage kind "custom", supported: http, s3'],
    [{ postgres: {} }, 'output: unsupported storage kind "postgres", supported: http, s3'],
    [{ http: {}, s3: {} }, 'output: got several storage kinds (http, s3), give only one'],
    [{}, 'output: no storage kind given, give one of http, s3'],
    [undefined, 'output: no storage kind given, give one of http, s3'],
  ])('that is not the only one, or unknown, ends with 2: %j', (storage, message) => {
    expect(() => chosenStorage('output', storage, supported)).toThrow(new RunnerError(2, 'CONTRACT', message));
  });
});

describe('placeholders', () => {
  const values = {
    parameters: { day: '2026-01-01', key: '${executionId}' },
    runName: 'iris',
    executionId: 'id',
    shard: 0,
  };
  const replaced = (settings: unknown) => withPlaceholders(settings, 'input.s3', values);

  test('stand for parameters, run, execution and shard, in texts at any depth', () => {
    const settings = { prefix: 'in/${parameters.day}/${run.name}', list: ['${executionId}-${shard}'], size: 3 };
    expect(replaced(settings)).toEqual({ prefix: 'in/2026-01-01/iris', list: ['id-0'], size: 3 });
  });

  test('are not evaluated again: a parameter stands for its text', () => {
    expect(replaced('${parameters.key}')).toBe('${executionId}');
  });

  test.each(['${parameters.month}', '${parameters.constructor}', '${HOME}', '${}'])(
    'that stand for nothing end with 2: %s',
    (text) => {
      const allowed = '${parameters.NAME}, ${run.name}, ${executionId}, ${shard}';
      const message = `input.s3.prefix: ${text} stands for nothing in this run, there are ${allowed}`;
      expect(() => replaced({ prefix: text })).toThrow(new RunnerError(2, 'CONTRACT', message));
    },
  );
});

test('the log shows a Contract without what may be secret', () => {
  const document = {
    parameters: { table: 'iris', api_token: 'secret-1', DB_PASSWORD: 'secret-2', key_name: 'secret-3' },
    kserve: { headers: ['Authorization: Bearer secret-4', 'Accept: application/json', 'X-Api-Key: secret-5'] },
    input: { s3: { credentialsRef: { name: 'secret-6' }, bucket: 'data' } },
  };
  const shown = JSON.stringify(redactedContract(document));
  expect(shown).not.toContain('secret-');
  expect(shown).toContain('"table":"iris"');
  expect(shown).toContain('"Accept: application/json"');
  expect(shown).toContain('"bucket":"data"');
});
