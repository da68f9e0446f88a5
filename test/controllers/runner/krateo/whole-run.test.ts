import type { Contract } from '../../../../definitions/inference/contract';
import { execute, type Connected } from '../../../../controllers/runner/execute';
import { executionOf } from '../../../../controllers/runner/execution-of';
import { createInput } from '../../../../controllers/runner/krateo/input';
import { createOutput } from '../../../../controllers/runner/krateo/output';
import { createRunnerMetrics } from '../../../../controllers/runner/metrics';
import { createModelClient } from '../../../../controllers/runner/model/model-client-of';
import { RunnerError } from '../../../../controllers/runner/runner-error';
import { Tally } from '../../../../controllers/runner/tally';
import { startDatabaseHandler, type DatabaseHandler } from '../../../doubles/database-handler/handler';
import { unavailable } from '../../../doubles/model-server/faults';
import { startModelServer, type ModelServer } from '../../../doubles/model-server/model-server';
import { forecast } from '../../../doubles/model-server/models';
import { api, krateoWork, runUid } from './krateo-work';

/** The Contracts of upstream's samples, as its controller writes them: nothing of ours is in them. */
let handler: DatabaseHandler;
let models: ModelServer;
beforeEach(async () => {
  [handler, models] = [await startDatabaseHandler({ password: 'secret' }), await startModelServer()];
});
afterEach(() => Promise.all([handler.close(), models.close()]));

const prints = (stdout: string) => () => ({ exitCode: 0, stdout, stderr: '' });
const rows = (...result: readonly (readonly (number | null)[])[]) => prints(JSON.stringify({ result }));
const silent = prints('');

interface Sample {
  readonly model: string;
  readonly inputName: string;
  readonly notebooks: 'sklearn' | 'triton';
  readonly parameters: Readonly<Record<string, string>>;
}

const triton: Sample = {
  model: 'granite-timeseries-ttm-r2',
  inputName: 'past_values',
  notebooks: 'triton',
  parameters: {
    input_data_length: '512',
    input_table_column_name: 'average',
    input_table_name: 'azuretoolkit',
    key_name: 'resourceid',
    key_value: 'sample-vm',
    output_table_name: 'kserve_controller_output_triton',
  },
};
const iris: Sample = {
  model: 'sklearn-iris',
  inputName: 'input-0',
  notebooks: 'sklearn',
  parameters: {
    input_table_name: 'kserve_controller_input_sklearn',
    output_table_name: 'kserve_controller_output_sklearn',
  },
};

/** Runs a sample; `exitCode` as the process would have it. */
async function run({ model, inputName, notebooks, parameters }: Sample) {
  const contract: Contract = {
    jobId: runUid,
    jobName: 'inf-example-5be07ada',
    kserve: {
      modelName: 'sklearn-iris',
      // Without scheme, as in the samples.
      modelUrl: `${models.url.replace('http://', '')}/v2/models/${model}/infer`,
      modelVersion: 'v2',
      modelInputName: inputName,
    },
    input: { krateo: { api: api(`/compute/${notebooks}input`) } },
    output: { krateo: { api: api(`/compute/${notebooks}output`) } },
    parameters,
  };
  const work = {
    ...krateoWork(handler.url, parameters, { pod_uid: 'pod-1' }),
    contract,
    execution: executionOf(contract),
  };
  const { signal } = new AbortController();
  const tally = new Tally();
  const connected: Connected = {};
  const sums = { succeeded: 0, failed: 0, skipped: 0, batches: 0, requests: 0, retries: 0, bytesIn: 0, bytesOut: 0 };
  const ended = execute({
    work,
    connect: {
      input: async () => createInput(contract.input?.['krateo'], work),
      output: async () => createOutput(contract.output?.['krateo'], work),
      model: async () => createModelClient(work),
    },
    connected,
    stop: { begun: signal, requests: signal, writes: signal },
    tally,
    metrics: createRunnerMetrics(() => sums, { process: false }),
  });
  const { exitCode, message } = await ended.then(
    () => ({ exitCode: 0, message: '' }),
    (error: unknown) => {
      if (error instanceof RunnerError) return error;
      throw error;
    },
  );
  return { exitCode, message, tally, retries: connected.model?.statistics.retries };
}

const inferred = () => models.calls.map(({ body }) => JSON.parse(body.toString()) as { inputs: object[] });
const stored = () =>
  handler.log
    .filter(({ path }) => path.endsWith('output'))
    .map(({ body }) => JSON.parse(body) as Record<string, string>);

test('a window of 512 values becomes a forecast of 96, in one call of each (AT-30)', async () => {
  const window = Array.from({ length: 512 }, (_, hour) => hour / 4);
  handler.notebooks.set('tritoninput', rows(window));
  handler.notebooks.set('tritonoutput', silent);
  expect(await run(triton)).toMatchObject({ exitCode: 0, tally: { total: 1, failed: 0 } });
  expect(inferred()).toMatchObject([{ inputs: [{ name: 'past_values', shape: [1, 512, 1], datatype: 'FP32' }] }]);
  const predictions = JSON.stringify(forecast(window));
  expect(JSON.parse(predictions)).toHaveLength(96);
  expect(stored()).toEqual([{ ...triton.parameters, job_uid: runUid, pod_uid: 'pod-1', predictions }]);
});

test('rows of four become species, whole numbers (AT-31)', async () => {
  handler.notebooks.set('sklearninput', rows([5.1, 3.5, 1.4, 0.2], [7, 3.2, 4.7, 1.4], [6.3, 3.3, 6, 2.5]));
  handler.notebooks.set('sklearnoutput', silent);
  expect(await run(iris)).toMatchObject({ exitCode: 0, tally: { total: 3 } });
  expect(inferred()).toMatchObject([{ inputs: [{ name: 'input-0', shape: [3, 4], datatype: 'FP32' }] }]);
  expect(stored()).toMatchObject([{ predictions: '[0,1,2]' }]);
});

test('null cells are zeros, as upstream reads them', async () => {
  handler.notebooks.set('sklearninput', rows([5.1, 3.5, null, 0.2]));
  handler.notebooks.set('sklearnoutput', silent);
  expect((await run(iris)).exitCode).toBe(0);
  expect(stored()).toMatchObject([{ predictions: '[0]' }]);
});

test('a parameter named predictions does not replace results (AT-33)', async () => {
  handler.notebooks.set('sklearninput', rows([5.1, 3.5, 1.4, 0.2]));
  handler.notebooks.set('sklearnoutput', silent);
  expect((await run({ ...iris, parameters: { ...iris.parameters, predictions: '[9]' } })).exitCode).toBe(0);
  expect(stored()).toMatchObject([{ predictions: '[0]' }]);
});

test('no rows are a success with no items, and nothing is called for them; no result is exit 3 (AT-36)', async () => {
  handler.notebooks.set('sklearninput', rows());
  handler.notebooks.set('sklearnoutput', silent);
  expect(await run(iris)).toMatchObject({ exitCode: 0, tally: { total: 0 } });
  expect([inferred(), stored()]).toEqual([[], []]);
  handler.notebooks.set('sklearninput', prints('{}'));
  expect((await run(iris)).exitCode).toBe(3);
});

test('an output that crashes is exit 5, notebooks that are not there are 3 and 5 (AT-32)', async () => {
  handler.notebooks.set('sklearninput', rows([5.1, 3.5, 1.4, 0.2]));
  expect((await run(iris)).exitCode).toBe(5);
  expect(inferred()).toEqual([]);
  handler.notebooks.set('sklearnoutput', () => ({ exitCode: 1, stdout: '', stderr: 'Traceback: disk is full' }));
  expect(await run(iris)).toMatchObject({ exitCode: 5, message: expect.stringContaining('disk is full') as string });
  handler.notebooks.delete('sklearninput');
  expect((await run(iris)).exitCode).toBe(3);
});

test('a model that is not there for two tries costs two tries (AT-34)', async () => {
  handler.notebooks.set('sklearninput', rows([5.1, 3.5, 1.4, 0.2]));
  handler.notebooks.set('sklearnoutput', silent);
  models.inject(...unavailable(2));
  expect(await run(iris)).toMatchObject({ exitCode: 0, retries: 2 });
  expect(stored()).toHaveLength(1);
});

test('a window that is too short is no item for the model: the run fails, nothing is stored (D-10)', async () => {
  handler.notebooks.set('tritoninput', rows([1, 2, 3]));
  handler.notebooks.set('tritonoutput', silent);
  expect((await run(triton)).exitCode).toBe(6);
  expect(stored()).toEqual([]);
});
