import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Contract } from '../../../../definitions/inference/contract';
import { startFinopsDatabase, type FinopsDatabase } from '../../../doubles/database-handler/with-database';
import { startModelServer, type ModelServer } from '../../../doubles/model-server/model-server';
import { forecast } from '../../../doubles/model-server/models';
import { bundledProgram } from '../../../program/bundled-program';
import { RunnerPlace } from '../runner-process';
import { api, endpointRef, runUid } from './krateo-work';

/**
 * Upstream's samples from table to table: the program as it is in the image with a mounted Secret, the database handler's double, its
 * notebooks in Python, a database, a double of the model server.
 */
let program: Awaited<ReturnType<typeof bundledProgram>>;
let database: FinopsDatabase;
let models: ModelServer;
let place: RunnerPlace;

beforeAll(async () => {
  program = await bundledProgram();
  database = await startFinopsDatabase({ password: 'secret' });
  models = await startModelServer();
  // Python's packages are installed the first time.
}, 300_000);

afterAll(async () => {
  await models?.close();
  await database?.close();
  await program?.remove();
});

beforeEach(async () => {
  place = await RunnerPlace.make(program.program);
});

afterEach(() => place.remove());

/** Runs a Contract as upstream's controller writes it, in a pod of this UID with the Secret of the handler. */
async function run(
  sample: 'sklearn' | 'triton',
  kserve: Contract['kserve'],
  parameters: Readonly<Record<string, string>>,
) {
  const secret = join(place.directory, endpointRef.namespace, endpointRef.name);
  await mkdir(secret, { recursive: true });
  const values = { 'server-url': `${database.handler.url}/`, username: 'system', password: 'secret' };
  for (const [key, value] of Object.entries(values)) await writeFile(join(secret, key), value);
  const contract: Contract = {
    jobId: runUid,
    jobName: 'inf-example-5be07ada',
    kserve: { modelName: 'sklearn-iris', modelVersion: 'v2', ...kserve },
    input: { krateo: { api: api(`/compute/${sample}input`) } },
    output: { krateo: { api: api(`/compute/${sample}output`) } },
    parameters,
  };
  return place.run(contract, { env: { INFERENCE_ENDPOINTS_DIR: place.directory, pod_uid: 'pod-1' } });
}

const modelUrl = (model: string) => `${models.url.replace('http://', '')}/v2/models/${model}/infer`;
const stored = async (table: string) =>
  database.bridge.query(`SELECT jobuid, poduid, prediction, counter FROM ${table} ORDER BY counter`);

test('the forecast of a time series ends in its table (AT-30)', async () => {
  const { bridge } = database;
  await bridge.query('CREATE TABLE azuretoolkit (resourceid TEXT, "timestamp" TIMESTAMP, average DOUBLE PRECISION)');
  await bridge.query(
    `INSERT INTO azuretoolkit SELECT 'sample-vm', to_timestamp(1700000000 + 60 * n), n / 4.0 FROM generate_series(0, 599) n`,
  );
  const end = await run(
    'triton',
    { modelUrl: modelUrl('granite-timeseries-ttm-r2'), modelInputName: 'past_values' },
    {
      input_data_length: '512',
      input_table_column_name: 'average',
      input_table_name: 'azuretoolkit',
      key_name: 'resourceid',
      key_value: 'sample-vm',
      output_table_name: 'kserve_controller_output_triton',
    },
  );
  expect(end.code).toBe('0');
  expect(end.report).toMatchObject({ items: { total: 1, succeeded: 1 }, requests: 1, output: { kind: 'krateo' } });
  const values = forecast(Array.from({ length: 512 }, (_, position) => (position + 88) / 4));
  expect(await stored('kserve_controller_output_triton')).toEqual(
    values.map((prediction, counter) => ({ jobuid: runUid, poduid: 'pod-1', prediction, counter })),
  );
});

const irisParameters = {
  input_table_name: 'kserve_controller_input_sklearn',
  output_table_name: 'kserve_controller_output_sklearn',
};

test('the species of irises end in their table (AT-31)', async () => {
  const columns = 'sepal_length REAL, sepal_width REAL, petal_length DOUBLE PRECISION, petal_width DOUBLE PRECISION';
  await database.bridge.query(`CREATE TABLE kserve_controller_input_sklearn (${columns})`);
  await database.bridge.query(
    'INSERT INTO kserve_controller_input_sklearn VALUES (6.5, 3.25, 6, 2.5), (5.5, 3.5, 1.4, 0.2), (6, 3, 4.7, 1.4)',
  );
  const end = await run('sklearn', { modelUrl: modelUrl('sklearn-iris'), modelInputName: 'input-0' }, irisParameters);
  expect(end.code).toBe('0');
  expect(await stored('kserve_controller_output_sklearn')).toMatchObject(
    [0, 1, 2].map((prediction) => ({ jobuid: runUid, prediction })),
  );
});

test('a table that is not there ends with 3 and the notebook’s words in the report, credentials nowhere (AT-32)', async () => {
  const parameters = { ...irisParameters, input_table_name: 'nothing' };
  const end = await run('sklearn', { modelUrl: modelUrl('sklearn-iris'), modelInputName: 'input-0' }, parameters);
  expect(end.code).toBe('3');
  expect(end.report?.errors).toMatchObject([{ code: 'STORAGE_READ', count: 1 }]);
  const said = JSON.stringify([end.log, end.report, end.stdout]);
  expect(said).toContain('does not exist');
  expect(said).not.toContain(btoa('system:secret'));
});

test('without the key server-url the run ends with 7 and names the Secret (AT-43)', async () => {
  const contract: Contract = {
    jobId: runUid,
    jobName: 'inf-example-5be07ada',
    kserve: { modelUrl: modelUrl('sklearn-iris'), modelInputName: 'input-0' },
    input: { krateo: { api: api('/compute/sklearninput') } },
    output: { krateo: { api: api('/compute/sklearnoutput') } },
    parameters: irisParameters,
  };
  const secret = join(place.directory, endpointRef.namespace, endpointRef.name);
  await mkdir(secret, { recursive: true });
  await writeFile(join(secret, 'password'), 'secret');
  const end = await place.run(contract, { env: { INFERENCE_ENDPOINTS_DIR: place.directory } });
  expect(end.code).toBe('7');
  expect(end.report?.errors?.[0]).toMatchObject({
    code: 'CREDENTIALS',
    message: expect.stringMatching(
      `^endpoint Secret ${endpointRef.namespace}/${endpointRef.name}: missed required attribute for endpoint: server-url`,
    ) as string,
  });
});
