import { createOutput } from '../../../../controllers/runner/krateo/output';
import type { FinishedBatch } from '../../../../controllers/runner/output';
import { ItemError } from '../../../../controllers/runner/item';
import type { Work } from '../../../../controllers/runner/work';
import { startDatabaseHandler, type DatabaseHandler } from '../../../doubles/database-handler/handler';
import { jsonAnswer } from '../../../doubles/model-registry/answer';
import { api, failure, finished, krateoWork, runUid } from './krateo-work';

const silent = () => ({ exitCode: 0, stdout: '', stderr: '' });

let handler: DatabaseHandler;
beforeEach(async () => {
  handler = await startDatabaseHandler({ password: 'secret', notebooks: { sklearnoutput: silent } });
});
afterEach(() => handler.close());

const table = { output_table_name: 'results' };
const { signal } = new AbortController();
const sklearn = { api: api('/compute/sklearnoutput') };
const inPod = { pod_uid: 'pod-1', JOB_UID: 'job-1' };

async function store(
  batches: readonly FinishedBatch[],
  settings: object = {},
  work: Work = krateoWork(handler.url, table, inPod),
): Promise<number> {
  const output = createOutput({ ...sklearn, ...settings }, work);
  try {
    await output.open(signal);
    for (const batch of batches) await output.write(batch, signal);
    expect(await output.save(signal)).toBeUndefined();
    await output.commit({ succeeded: 0, failed: 0 }, signal);
    return output.bytesWritten();
  } finally {
    await output.close();
  }
}
const stored = () =>
  handler.log.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body) as Record<string, string>);

test('all results go in one call with the identity of run and pod and the parameters (AT-30)', async () => {
  const forecast = Array.from({ length: 96 }, (_, hour) => [hour + 0.5]);
  const bytes = await store([finished(0, [forecast])]);
  expect(stored()).toEqual([
    {
      job_uid: runUid,
      output_table_name: 'results',
      pod_uid: 'pod-1',
      predictions: JSON.stringify(Array.from({ length: 96 }, (_, hour) => hour + 0.5)),
    },
  ]);
  expect(bytes).toBe(handler.log.at(-1)?.body.length);
});

test('whole numbers are stored to the last digit (AT-31, R-04)', async () => {
  await store([finished(0, [0, 2, 9007199254740993n])]);
  expect(stored()[0]?.['predictions']).toBe('[0,2,9007199254740993]');
});

test('batches that came in another order are stored in the order of the items', async () => {
  await store([finished(2, ['c', 'd']), finished(0, ['a', 'b'])]);
  expect(stored()[0]?.['predictions']).toBe('["a","b","c","d"]');
});

test('of several outputs the first is stored, as upstream’s runners do', async () => {
  await store([finished(0, [{ label: 1, probabilities: [0.1, 0.9] }])]);
  expect(stored()[0]?.['predictions']).toBe('[1]');
});

test('parameters of reserved names do not replace results (AT-33, R-07)', async () => {
  const work = krateoWork(handler.url, { ...table, predictions: '[]', job_uid: 'mine', pod_uid: 'mine' }, inPod);
  await store([finished(0, [7])], {}, work);
  expect(stored()).toMatchObject([{ predictions: '[7]', job_uid: runUid, pod_uid: 'pod-1' }]);
});

test('outside of a pod pod_uid is empty', async () => {
  await store([finished(0, [7])], {}, krateoWork(handler.url, table));
  expect(stored()).toMatchObject([{ pod_uid: '' }]);
});

test('executionIdIn: pod_uid sends the UID of the Job, so that a second pod meets the rows of the first (R-08)', async () => {
  await store([finished(0, [7])], { executionIdIn: 'pod_uid' });
  expect(stored()).toMatchObject([{ pod_uid: 'job-1' }]);
});

test('without results nothing is called', async () => {
  expect(await store([])).toBe(0);
  expect(stored()).toEqual([]);
});

test('items without result are named in the log: those after them move up', async () => {
  const work = krateoWork(handler.url, table, inPod);
  const batch = finished(0, ['a', 'b', 'c']);
  const [first, second, third] = batch.results;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three results');
  const failed = [{ item: second.item, error: new ItemError('ITEM_INVALID', 'ragged', true) }];
  await store([{ ...batch, results: [first, third], failed }], {}, work);
  expect(stored()).toMatchObject([{ predictions: '["a","c"]' }]);
  expect(work.lines).toMatchObject([{ level: 'warn', item: 1, code: 'ITEM_INVALID' }]);
});

describe('success is no status alone (AT-32, R-01, D-01)', () => {
  const ending = (outcome: { stdout?: string; stderr?: string; exitCode?: number }, settings = {}) => {
    handler.notebooks.set('sklearnoutput', () => ({ exitCode: 0, stdout: '', stderr: '', ...outcome }));
    return store([finished(0, [1])], settings);
  };

  test('nothing, and JSON without error, are success', async () => {
    await ending({ stdout: '' });
    await ending({ stdout: '{"rows": 1}' });
    expect(stored()).toHaveLength(2);
  });

  test('a traceback fails the output with its words', async () => {
    const { exitCode, code, message } = await failure(ending({ exitCode: 1, stderr: 'Traceback: no such table' }));
    expect([exitCode, code]).toEqual([5, 'STORAGE_WRITE']);
    expect(message).toContain('Traceback: no such table');
  });

  test('JSON with error fails the output', async () => {
    expect(await failure(ending({ stdout: '{"error": "full"}' }))).toMatchObject({ exitCode: 5 });
  });

  test('successBody: any is upstream’s success', async () => {
    await ending({ exitCode: 1, stderr: 'Traceback' }, { successBody: 'any' });
    expect(stored()).toHaveLength(1);
  });

  test('a notebook that does not exist fails before the model is asked (D-02)', async () => {
    const output = createOutput({ api: api('/compute/kserveoutput') }, krateoWork(handler.url, table));
    expect(await failure(output.open(signal))).toMatchObject({
      exitCode: 5,
      message: expect.stringContaining('no notebook kserveoutput, it has sklearnoutput') as string,
    });
    await output.close();
  });
});

describe('the longest argument of a process (AT-37, D-03)', () => {
  const text = (bytes: number) => 'x'.repeat(bytes - 4);

  test('131,059 bytes of predictions are taken', async () => {
    await store([finished(0, [text(131_059)])]);
    expect(stored()[0]?.['predictions']).toHaveLength(131_059);
  });

  test('131,060 bytes are refused, and nothing is sent', async () => {
    const { exitCode, message } = await failure(store([finished(0, [text(131_060)])]));
    expect(exitCode).toBe(5);
    expect(message).toContain('131060 bytes or more, a notebook takes at most 131059: nothing was sent');
    expect(stored()).toEqual([]);
  });

  test('maxPredictionsBytes is another limit, for another server', async () => {
    expect(await failure(store([finished(0, [1, 2, 3])], { maxPredictionsBytes: 6 }))).toMatchObject({ exitCode: 5 });
  });

  test('with an offset parameter results come in several calls that say where they begin', async () => {
    const chunking = { offsetParameter: 'offset' };
    await store([finished(0, [10, 11, 12]), finished(3, [13, 14])], { chunking, maxPredictionsBytes: 7 });
    expect(stored()).toMatchObject([
      { offset: '0', predictions: '[10,11]' },
      { offset: '2', predictions: '[12,13]' },
      { offset: '4', predictions: '[14]' },
    ]);
  });

  test('one value that is too long fails, chunks or not', async () => {
    const chunking = { offsetParameter: 'offset' };
    const { message } = await failure(store([finished(0, ['long'])], { chunking, maxPredictionsBytes: 7 }));
    expect(message).toContain('one prediction has 6 bytes');
  });
});

describe('a call is made again only where it can’t store results twice', () => {
  const calls = () => stored().length;
  const meets = (status: number, settings = {}, headers = {}) => {
    handler.answerNext({ ...jsonAnswer(status, { error: 'no' }), headers }, 1);
    return store([finished(0, [1])], { checkNotebook: false, ...settings });
  };

  test('429 and 503 with Retry-After come from who has not begun', async () => {
    await meets(429);
    await meets(503, {}, { 'retry-after': '1' });
    expect(calls()).toBe(4);
  });

  test('500 may have stored some: the run fails', async () => {
    expect(await failure(meets(500))).toMatchObject({ exitCode: 5 });
    expect(calls()).toBe(1);
  });

  test('with the identity of the Job the rows collide, so 500 is tried again', async () => {
    await meets(500, { executionIdIn: 'pod_uid' });
    expect(calls()).toBe(2);
  });
});
