import { createInput } from '../../../../controllers/runner/krateo/input';
import { startDatabaseHandler, type DatabaseHandler } from '../../../doubles/database-handler/handler';
import { jsonAnswer } from '../../../doubles/model-registry/answer';
import { allItems, api, failure, krateoWork } from './krateo-work';

const prints = (stdout: string) => () => ({ exitCode: 0, stdout, stderr: '' });
const traceback = 'Traceback (most recent call last):\n  File "notebook.py"\ncrate.client.exceptions.ProgrammingError';

let handler: DatabaseHandler;
beforeEach(async () => {
  handler = await startDatabaseHandler({ username: 'system', password: 'secret' });
});
afterEach(() => handler.close());

const table = { input_table_name: 'iris' };
const sklearn = { api: api('/compute/sklearninput') };
const read = (parameters: Readonly<Record<string, string>> = table, settings: object = {}, environment = {}) => {
  const work = krateoWork(handler.url, parameters, environment);
  return allItems(createInput({ ...sklearn, ...settings }, work));
};
const calls = () => handler.log.map(({ method, path }) => `${method} ${path}`);

test('each row of the answer is an item, whole numbers to the last digit (AT-31)', async () => {
  handler.notebooks.set('sklearninput', prints('{"result": [[5.1, 3.5], [9007199254740993, null]]}\n'));
  expect(await read()).toEqual([
    { index: 0, id: '0', value: [5.1, 3.5], bytes: 9 },
    { index: 1, id: '1', value: [9007199254740993n, null], bytes: 23 },
  ]);
});

test('the call carries all parameters as texts in order of their names, and the headers of Krateo’s client (AT-30)', async () => {
  handler.notebooks.set('tritoninput', prints('{"result": [[1]]}'));
  const parameters = {
    output_table_name: 'out',
    input_table_name: 'azuretoolkit',
    key_value: 'sample-vm',
    key_name: 'resourceid',
    input_table_column_name: 'average',
    input_data_length: '512',
  };
  await read(parameters, { api: api('compute/tritoninput') });
  expect(handler.log).toMatchObject([
    { method: 'GET', path: '/compute/list' },
    {
      method: 'POST',
      path: '/compute/tritoninput',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'x-krateo-traceid': expect.stringMatching(/^[a-z0-9]{10}$/) as unknown,
        authorization: `Basic ${btoa('system:secret')}`,
      },
      body:
        '{"input_data_length":"512","input_table_column_name":"average","input_table_name":"azuretoolkit",' +
        '"key_name":"resourceid","key_value":"sample-vm","output_table_name":"out"}',
    },
  ]);
});

test('an empty verb is GET with the body, a query in the path survives, malformed headers are passed over, later ones win', async () => {
  handler.answerNext(jsonAnswer(200, { rows: [[1]] }), 1);
  const other = { ...api('/rows?limit=5'), verb: '', headers: ['nonsense', 'X-A: 1', 'x-a: 2:3', 'Content-Length: 7'] };
  const items = await read({ a: 'b' }, { api: other, resultField: 'rows' });
  expect(items).toHaveLength(1);
  expect(handler.log).toMatchObject([
    { method: 'GET', path: '/rows', query: { limit: '5' }, headers: { 'x-a': '2:3' }, body: '{"a":"b"}' },
  ]);
});

test('the payload is the template of the body, parameters go over it (R-11)', async () => {
  handler.notebooks.set('mine', prints('{"result": []}'));
  await read({ a: 'run' }, { api: { ...api('/compute/mine'), payload: '{"a": "template", "limit": 5}' } });
  expect(handler.log.at(-1)?.body).toBe('{"a":"run","limit":"5"}');
});

test('no rows are no items, a missing result fails the input (AT-36, R-03)', async () => {
  handler.notebooks.set('sklearninput', prints('{"result": []}'));
  expect(await read()).toEqual([]);
  handler.notebooks.set('sklearninput', prints('{"rows": []}'));
  expect(await failure(read())).toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('has no result') as string,
  });
});

test('other members of the answer are not looked at (R-14)', async () => {
  handler.notebooks.set('sklearninput', prints('{"took": "3 s", "result": [[1]]}'));
  expect(await read()).toHaveLength(1);
});

test('a row that is no list is an invalid item, the others are read', async () => {
  handler.notebooks.set('sklearninput', prints('{"result": [[1], "two", [3]]}'));
  expect(await read()).toMatchObject([
    { value: [1] },
    { invalid: 'row 1 is no list of cells', text: '"two"' },
    { value: [3] },
  ]);
});

test('a notebook that crashed fails the input with its words, although the handler says 200 (AT-32, D-01)', async () => {
  handler.notebooks.set('sklearninput', () => ({ exitCode: 1, stdout: '', stderr: traceback }));
  const { exitCode, code, message } = await failure(read());
  expect([exitCode, code]).toEqual([3, 'STORAGE_READ']);
  expect(message).toContain('ProgrammingError');
});

test('a notebook that does not exist fails before it is called, naming those there are (AT-32, D-02)', async () => {
  handler.notebooks.set('sklearn_input', prints('{}'));
  const { exitCode, message } = await failure(read());
  expect(exitCode).toBe(3);
  expect(message).toContain('no notebook sklearninput, it has sklearn_input');
  expect(calls()).toEqual(['GET /compute/list']);
});

test('without checkNotebook the empty answer of a notebook that does not exist fails all the same', async () => {
  expect(await failure(read(table, { checkNotebook: false }))).toMatchObject({ exitCode: 3 });
  expect(calls()).toEqual(['POST /compute/sklearninput']);
});

test.each([401, 404])('a server that answers %d for its list is asked for the rows', async (status) => {
  handler.notebooks.set('sklearninput', prints('{"result": [[1]]}'));
  handler.answerNext(jsonAnswer(status, { error: 'no' }), 1);
  expect(await read()).toHaveLength(1);
});

test('JSON is read whatever its media type is (L-01)', async () => {
  handler.notebooks.set('sklearninput', prints('{"result": [[1]]}'));
  expect(await read(table, { api: { ...api('/compute/sklearninput'), headers: ['Accept: */*'] } })).toHaveLength(1);
});

test('an input notebook is asked again while the handler starts, as often as CLIENT_MAX_RETRIES says', async () => {
  handler.notebooks.set('sklearninput', prints('{"result": [[1]]}'));
  handler.answerNext(jsonAnswer(503, { error: 'starting' }), 2);
  expect(await read(table, { checkNotebook: false })).toHaveLength(1);
  expect(calls()).toHaveLength(3);
  handler.clearLog();
  handler.answerNext(jsonAnswer(503, { error: 'starting' }), 2);
  const { message } = await failure(read(table, { checkNotebook: false }, { CLIENT_MAX_RETRIES: '1' }));
  expect(message).toBe(`POST ${handler.url}/compute/sklearninput: answered 503: starting`);
  expect(calls()).toHaveLength(2);
});

test('a POST to another path is not made twice: it may have done something', async () => {
  handler.answerNext(jsonAnswer(500, { message: 'broken', reason: 'InternalError', code: 500 }), 1);
  const { exitCode, message } = await failure(read({}, { api: api('/rows') }));
  expect([exitCode, message]).toEqual([3, `POST ${handler.url}/rows: answered 500: broken (InternalError)`]);
  expect(calls()).toEqual(['POST /rows']);
});

test('refused credentials end with 7 and name the Secret, not what is in it', async () => {
  handler.answerNext(jsonAnswer(401, { error: 'Wrong credentials' }), 2);
  const { exitCode, code, message } = await failure(read());
  expect([exitCode, code]).toEqual([7, 'CREDENTIALS']);
  expect(message).toContain('endpoint Secret kserve-controller-system/finops-database-handler-endpoint: POST');
  expect(message).not.toContain('secret:');
});

test('an answer that does not come in time fails the input; the notebook still runs, so it is not asked again (L-05)', async () => {
  let asked = 0;
  handler.notebooks.set('sklearninput', () => {
    asked += 1;
    return new Promise(() => undefined);
  });
  const work = krateoWork(handler.url, table);
  const input = createInput(sklearn, { ...work, execution: { ...work.execution, requestTimeoutSeconds: 30 } });
  const { exitCode, message } = await failure(allItems(input));
  expect([exitCode, message]).toEqual([3, expect.stringContaining('no complete answer: not done within 30 s')]);
  expect(asked).toBe(1);
});

test('a server that is not there fails the input after the tries', async () => {
  await handler.close();
  expect(await failure(read())).toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('ECONNREFUSED') as string,
  });
  handler = await startDatabaseHandler();
});

describe('before anything is sent', () => {
  test.each<[what: string, parameters: Readonly<Record<string, string>>, words: string]>([
    ['a value with "=" (D-04)', { input_table_name: 'iris', filter: 'a=b' }, 'parameter filter contains "="'],
    ['a missing parameter (D-06)', {}, 'parameter input_table_name is missing'],
    ['a name that is SQL (D-08)', { input_table_name: 'iris; DROP TABLE iris' }, 'input_table_name is not allowed'],
    ['a parameter that is too long (D-03)', { ...table, note: 'x'.repeat(131_067) }, '131072 bytes'],
  ])('%s is refused with exit code 2', async (_what, parameters, words) => {
    expect(await failure((async () => read(parameters))())).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(words) as string,
    });
    expect(handler.log).toEqual([]);
  });

  test('quotes in the key of a time series are refused (D-08)', async () => {
    const parameters = {
      ...table,
      input_data_length: '3',
      input_table_column_name: 'average',
      key_name: 'resourceid',
      key_value: "x' OR '1",
    };
    const settings = { api: api('/compute/tritoninput') };
    expect((await failure((async () => read(parameters, settings))())).message).toContain('key_value is not allowed');
  });

  test('allowEqualsSign lets values with "=" through', async () => {
    handler.notebooks.set('sklearninput', prints('{"result": []}'));
    await read({ ...table, filter: 'a=b' }, { allowEqualsSign: true });
    expect(handler.log.at(-1)?.body).toContain('"filter":"a=b"');
  });

  test.each([
    [{ api: undefined }, 'input.krateo: api: got nothing'],
    [{ api: { path: '/x' } }, 'api.endpointRef: got nothing'],
    [{ api: { ...api('/x'), payload: '[1]' } }, 'api.payload: expected a JSON object'],
    [{ api: { ...api('/x'), verb: 'P OST' } }, 'expected an HTTP method'],
  ])('settings %j are refused with exit code 2 (R-13)', async (settings, words) => {
    expect(await failure((async () => read(table, settings))())).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(words) as string,
    });
  });

  test.each([
    ['CLIENT_QPS', '-1'],
    ['CLIENT_BURST', 'many'],
    ['CLIENT_BASE_BACKOFF', '500'],
  ])('%s=%s is refused by its name', async (name, value) => {
    const { exitCode, message } = await failure((async () => read(table, {}, { [name]: value }))());
    expect([exitCode, message]).toEqual([2, expect.stringContaining(`variable ${name}: expected`)]);
  });
});
