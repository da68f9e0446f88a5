import type { NotebookName } from '../../../charts-src/notebooks/notebook-code';
import { createInput } from '../../../controllers/runner/krateo/input';
import { createOutput } from '../../../controllers/runner/krateo/output';
import type { JsonValue } from '../../../controllers/runner/json';
import { realClock } from '../../../controllers/runtime/clock';
import type { CrateDbBridge } from '../../doubles/cratedb-bridge/bridge';
import type { DatabaseHandler } from '../../doubles/database-handler/handler';
import { startFinopsDatabase, type FinopsDatabase } from '../../doubles/database-handler/with-database';
import { allItems, api, failure, finished, krateoWork, runUid } from '../../controllers/runner/krateo/krateo-work';

/**
 * The notebooks as they run in a cluster: a runner's input or output, the database handler's double, a Python process with CrateDB's own
 * client, its SQL. Only the database is PostgreSQL.
 */
let database: FinopsDatabase;
let handler: DatabaseHandler;
let bridge: CrateDbBridge;

beforeAll(async () => {
  database = await startFinopsDatabase({ password: 'secret' });
  ({ handler, bridge } = database);
  // Python and its packages are installed the first time.
}, 300_000);

afterAll(() => database?.close());

afterEach(() => bridge.query('DROP SCHEMA doc CASCADE; CREATE SCHEMA doc'));

type Parameters = Readonly<Record<string, string>>;

/** Python takes its time on a busy machine: time-outs are the real ones. */
const workOf = (url: string, parameters: Parameters, environment: Parameters = {}) => ({
  ...krateoWork(url, parameters, environment),
  clock: realClock,
});

/** Values of all items that a runner reads from a notebook. */
async function read(name: NotebookName, parameters: Parameters): Promise<readonly JsonValue[]> {
  const input = createInput({ api: api(`/compute/${name}`) }, workOf(handler.url, parameters));
  return (await allItems(input)).map((item) => ('value' in item ? item.value : item.text));
}

const pod = { pod_uid: 'pod-1', JOB_UID: 'job-1' };
const { signal } = new AbortController();

async function store(
  name: NotebookName,
  values: readonly JsonValue[],
  settings: object = {},
  environment: Parameters = pod,
): Promise<void> {
  const work = workOf(handler.url, { output_table_name: 'results' }, environment);
  const output = createOutput({ api: api(`/compute/${name}`), ...settings }, work);
  try {
    await output.open(signal);
    await output.write(finished(0, values), signal);
    await output.commit({ succeeded: values.length, failed: 0 }, signal);
  } finally {
    await output.close();
  }
}

const stored = () => bridge.query('SELECT jobuid, poduid, prediction, counter FROM results ORDER BY counter');

describe('sklearninput', () => {
  const table = { input_table_name: 'iris' };

  test('reads every row as numbers, in the same order each time (D-11)', async () => {
    await bridge.query('CREATE TABLE iris (sepal REAL, petal DOUBLE PRECISION, species INT)');
    await bridge.query('INSERT INTO iris VALUES (6.5, 3, 1), (5.5, 1.4, 0), (5.5, 1.25, 2)');
    const rows = [
      [5.5, 1.25, 2],
      [5.5, 1.4, 0],
      [6.5, 3, 1],
    ];
    expect(await read('sklearninput', table)).toEqual(rows);
  });

  test('hands on cells without number as null, and no rows as none', async () => {
    await bridge.query("CREATE TABLE iris (a DOUBLE PRECISION, b INT); INSERT INTO iris VALUES ('NaN', NULL)");
    expect(await read('sklearninput', table)).toEqual([[null, null]]);
    await bridge.query('DELETE FROM iris');
    expect(await read('sklearninput', table)).toEqual([]);
  });
});

test('a cell that is no number fails the run and names its column', async () => {
  await bridge.query("CREATE TABLE iris (a INT, species TEXT); INSERT INTO iris VALUES (1, 'setosa')");
  const { exitCode, message } = await failure(read('sklearninput', { input_table_name: 'iris' }));
  expect(exitCode).toBe(3);
  expect(message).toContain('error: row 0 of iris: column species has no number');
});

test('a table that is not there fails the run with the words of the database (D-01)', async () => {
  const { exitCode, message } = await failure(read('sklearninput', { input_table_name: 'nothing' }));
  expect(exitCode).toBe(3);
  expect(message).toContain('relation "nothing" does not exist');
});

describe('tritoninput', () => {
  const series = (length: number, more: Parameters = {}): Parameters => ({
    input_table_name: 'azuretoolkit',
    input_data_length: String(length),
    input_table_column_name: 'average',
    key_name: 'resourceid',
    key_value: 'sample-vm',
    ...more,
  });

  /** Samples: seconds and value. */
  async function measured(...samples: readonly (readonly [second: number, value: number | null])[]): Promise<void> {
    await bridge.query(
      'CREATE TABLE azuretoolkit (resourceid TEXT, "timestamp" TIMESTAMP WITH TIME ZONE, average DOUBLE PRECISION)',
    );
    const insert = 'INSERT INTO azuretoolkit VALUES ($1, to_timestamp($2), $3)';
    await bridge.query(insert, ['another-vm', 15, 99]);
    for (const [second, value] of samples) await bridge.query(insert, ['sample-vm', 1_700_000_000 + second, value]);
  }

  test('is the last values of the key in order of time, as one row (AT-30)', async () => {
    await measured([180, 4], [0, 1], [60, 2], [120, 3]);
    expect(await read('tritoninput', series(3))).toEqual([[2, 3, 4]]);
  });

  test('gives upstream’s window of 512 values with gaps as zeros', async () => {
    const samples = Array.from(
      { length: 600 },
      (_, minute) => [minute * 60, minute % 50 === 0 ? null : minute] as const,
    );
    await measured(...samples.filter(([second]) => second !== 590 * 60));
    const window = samples.slice(-512).map(([second, value]) => (second === 590 * 60 ? 0 : (value ?? 0)));
    expect(await read('tritoninput', series(512))).toEqual([window]);
  });

  test('takes several samples of one time as one, their mean, instead of never ending (D-09)', async () => {
    await measured([0, 1], [60, 2], [60, 4], [120, 5]);
    expect(await read('tritoninput', series(3))).toEqual([[1, 3, 5]]);
  });

  test('takes samples beside the grid to the nearest place, instead of dropping them (D-09)', async () => {
    await measured([0, 1], [60, 2], [125, 3], [185, 4]);
    expect(await read('tritoninput', series(4))).toEqual([[1, 2, 3, 4]]);
  });

  test.each([
    ['zero', [10, 0, 0, 40, 0]],
    ['ffill', [10, 10, 10, 40, 40]],
    ['linear', [10, 20, 30, 40, 40]],
  ])('fills holes and NULL with fill=%s (D-09)', async (fill, window) => {
    await measured([0, 5], [60, 10], [120, null], [240, 40], [300, null]);
    expect(await read('tritoninput', series(5, { fill }))).toEqual([window]);
  });

  test('holes are filled from what is before the window', async () => {
    await measured([0, 5], [60, 6], [240, 9]);
    expect(await read('tritoninput', series(2, { fill: 'ffill' }))).toEqual([[6, 9]]);
    expect(await read('tritoninput', series(2, { fill: 'linear' }))).toEqual([[8, 9]]);
  });

  test('with fewer values than the model wants the run fails, and says how many there are (D-10)', async () => {
    await measured([0, 1], [60, 2]);
    const { exitCode, message } = await failure(read('tritoninput', series(4)));
    expect(exitCode).toBe(3);
    expect(message).toContain('the series has 2 values, 4 are needed');
  });

  test('pad=left puts values before the first one', async () => {
    await measured([0, 1], [60, 2]);
    expect(await read('tritoninput', series(4, { pad: 'left' }))).toEqual([[0, 0, 1, 2]]);
    expect(await read('tritoninput', series(4, { pad: 'left', fill: 'linear' }))).toEqual([[1, 1, 1, 2]]);
  });

  test('a single sample is a series of one; no sample is no item', async () => {
    await measured([0, 7]);
    expect(await read('tritoninput', series(1))).toEqual([[7]]);
    expect(await read('tritoninput', series(1, { key_value: 'no-vm' }))).toEqual([]);
  });

  test('an unknown word is refused with those that are known', async () => {
    await measured([0, 7]);
    const { message } = await failure(read('tritoninput', series(1, { fill: 'mean' })));
    expect(message).toContain('error: argument fill is none of zero, ffill, linear');
  });
});

test('tritonoutput makes the table, stores a row for each prediction, and prints nothing', async () => {
  await store('tritonoutput', [2, [0.5, 1.25]]);
  expect(await stored()).toEqual(
    [2, 0.5, 1.25].map((prediction, counter) => ({ jobuid: runUid, poduid: 'pod-1', prediction, counter })),
  );
  const [row] = await bridge.query('SELECT count(created_at)::int AS times FROM results');
  expect(row).toEqual({ times: 3 });
});

describe('results of several tries and calls', () => {
  test('a second try with the identity of the Job leaves one copy (R-08)', async () => {
    await store('sklearnoutput', [1, 2], { executionIdIn: 'pod_uid' });
    await store('sklearnoutput', [1, 2], { executionIdIn: 'pod_uid' }, { ...pod, pod_uid: 'pod-2' });
    expect(await stored()).toMatchObject([{ poduid: 'job-1', prediction: 1 }, { prediction: 2 }]);
  });

  test('chunks count on: the table is the same as with one call (D-03)', async () => {
    const settings = { chunking: { offsetParameter: 'offset' }, maxPredictionsBytes: 8 };
    await store('tritonoutput', [11, 12, 13, 14, 15], settings);
    expect(await stored()).toMatchObject([11, 12, 13, 14, 15].map((prediction, counter) => ({ prediction, counter })));
  });

  test('many results are stored in bulks, not one by one (D-11)', async () => {
    bridge.clearLog();
    await store(
      'tritonoutput',
      Array.from({ length: 1500 }, (_, value) => value),
    );
    const [row] = await bridge.query('SELECT count(*)::int AS rows, max(counter) AS last FROM results');
    expect(row).toEqual({ rows: 1500, last: 1499 });
    // One for the table, two bulks.
    expect(bridge.log.filter(({ path }) => path === '/_sql')).toHaveLength(3);
  });

  test('rows that the table refuses fail the run: bulks are no success as a whole', async () => {
    const columns = 'jobuid TEXT, poduid TEXT, prediction DOUBLE PRECISION CHECK (prediction < 5), counter INT';
    await bridge.query(`CREATE TABLE results (${columns})`);
    const { exitCode, message } = await failure(store('sklearnoutput', [1, 9, 3]));
    expect(exitCode).toBe(5);
    expect(message).toContain('error: results refused 1 of 3 rows, the first is prediction 1');
  });

  test('what is no number is refused before anything is stored', async () => {
    const { message } = await failure(store('sklearnoutput', [1, 'setosa']));
    expect(message).toContain('error: prediction 1 is no number');
    expect(await bridge.query("SELECT * FROM information_schema.tables WHERE table_schema = 'doc'")).toEqual([]);
  });
});

describe('a notebook asked by another runner', () => {
  const ask = async (name: NotebookName, body: Parameters) => {
    const headers = { authorization: `Basic ${btoa('system:secret')}`, accept: 'application/json' };
    const answer = await fetch(`${handler.url}/compute/${name}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return answer.text();
  };

  test.each<[what: string, name: NotebookName, parameters: Parameters, words: string]>([
    ['says which argument is missing (D-06)', 'sklearninput', {}, 'argument input_table_name is missing'],
    ['takes no SQL for a name (D-08)', 'sklearninput', { input_table_name: 'iris; DROP TABLE iris' }, 'is no name'],
    [
      'takes no length that is none',
      'tritoninput',
      { input_table_name: 't', input_table_column_name: 'c', key_name: 'k', input_data_length: '0' },
      'no whole number from 1',
    ],
  ])('%s', async (_what, name, parameters, words) => {
    expect(await ask(name, parameters)).toContain(words);
  });

  test('takes values with "=" whole, and quotes in them (D-04, D-08)', async () => {
    await bridge.query('CREATE TABLE t (k TEXT, "timestamp" TIMESTAMP, c INT)');
    await bridge.query("INSERT INTO t VALUES ('a=b=''c', now(), 7)");
    const parameters = { input_table_name: 't', input_table_column_name: 'c', key_name: 'k', input_data_length: '1' };
    expect(JSON.parse(await ask('tritoninput', { ...parameters, key_value: "a=b='c" }))).toEqual({ result: [[7]] });
  });
});

test('the bridge rewrites placeholders, and no statement otherwise', () => {
  const inserted = 'INSERT INTO results (jobuid, poduid, prediction, counter) VALUES';
  const selected = (table: string, column: string, key: string, value: string) =>
    `SELECT "timestamp", ${column} FROM ${table} WHERE ${key} = ${value} ORDER BY "timestamp", ${column}`;
  expect(bridge.rewritten.toSorted((one, other) => one.from.localeCompare(other.from))).toEqual([
    {
      from: `${inserted} (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      to: `${inserted} ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    },
    {
      from: selected('azuretoolkit', 'average', 'resourceid', '?'),
      to: selected('azuretoolkit', 'average', 'resourceid', '$1'),
    },
    { from: selected('t', 'c', 'k', '?'), to: selected('t', 'c', 'k', '$1') },
  ]);
});
