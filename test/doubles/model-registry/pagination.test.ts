import { query, RegistryUnderTest, testOfDouble } from './registry-under-test';

const encoded = (token: string) => Buffer.from(token).toString('base64');

describe('lists', () => {
  const registry = new RegistryUnderTest();
  let path: string;
  let ids: string[];

  beforeAll(async () => {
    const model = await registry.createModel();
    path = `/registered_models/${model.id}/versions`;
    ids = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push((await registry.createVersion(model.id, name)).id);
  });

  test.each([
    ['', 0],
    ['?pageSize=', 0],
    ['?pageSize=0', 0],
    ['?pageSize=-3', -3],
  ])('with %j are whole, and echo the page size %i', async (parameters, pageSize) => {
    expect(await registry.list(`${path}${parameters}`)).toMatchObject({ pageSize, size: 4, nextPageToken: '' });
  });

  test.each(['x', '1.5', '2147483648'])('with page size %s are refused', async (pageSize) => {
    expect(await registry.get(`${path}${query({ pageSize })}`)).toMatchObject({
      status: 400,
      body: { code: 'Bad Request' },
    });
  });

  test('are by id without an order, by id descending with DESC alone, and by id with an unknown order', async () => {
    expect(await registry.names(path)).toEqual(['a', 'b', 'c', 'd']);
    expect(await registry.names(`${path}?sortOrder=DESC`)).toEqual(['d', 'c', 'b', 'a']);
    expect(await registry.names(`${path}?orderBy=NAME&sortOrder=sideways`)).toEqual(['a', 'b', 'c', 'd']);
  });

  test.each(['ASC', 'DESC'])('in order %s are complete when read page by page', async (sortOrder) => {
    const seen: string[] = [];
    for (let nextPageToken = '', pages = 0; pages === 0 || nextPageToken !== ''; pages += 1) {
      const page = await registry.list(`${path}${query({ sortOrder, pageSize: '3', nextPageToken })}`);
      seen.push(...page.items.map(({ id }) => id));
      nextPageToken = page.nextPageToken;
      expect(pages).toBeLessThan(2);
    }
    expect(seen).toEqual(sortOrder === 'ASC' ? ids : ids.toReversed());
  });

  test('that fit into one page exactly have no further page', async () => {
    expect(await registry.list(`${path}?pageSize=4`)).toMatchObject({ size: 4, nextPageToken: '' });
  });

  test('the order is no part of the token: another one gives another page without complaint', async () => {
    const { nextPageToken } = await registry.list(`${path}?pageSize=2`);
    expect(await registry.names(`${path}${query({ pageSize: '2', sortOrder: 'DESC', nextPageToken })}`)).toEqual(['a']);
  });

  test.each([
    ['that is not Base64', '%%%'],
    ['without a colon', encoded('13')],
    ['with an id that is no number', encoded('x:13')],
    ['with an id that is no int32', encoded('9999999999:13')],
    ['of more than 1024 characters', encoded('1:'.padEnd(1100, '1'))],
  ])('with a token %s are refused', async (_, nextPageToken) => {
    const answer = await registry.get(`${path}${query({ pageSize: '2', nextPageToken })}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'Bad Request' } });
    expect(answer.body).toMatchObject({
      message: expect.stringMatching(/^invalid nextPageToken: .*: bad request$/) as string,
    });
  });
});

describe('at a time that the test decides', () => {
  let now = 1000;
  const registry = new RegistryUnderTest({ clock: { now: () => now } });

  testOfDouble('lists go by creation and by last update, and rows of one time are lost between pages', async () => {
    const model = await registry.createModel();
    const path = `/registered_models/${model.id}/versions`;
    for (const [name, at] of [
      ['old', 2000],
      ['twin', 3000],
      ['other twin', 3000],
      ['new', 4000],
    ] as const) {
      now = at;
      await registry.createVersion(model.id, name);
    }
    expect(await registry.names(`${path}?orderBy=CREATE_TIME&sortOrder=DESC`)).toEqual([
      'new',
      'other twin',
      'twin',
      'old',
    ]);
    const first = await registry.list(`${path}?orderBy=CREATE_TIME&pageSize=2`);
    expect(first.items.map(({ name }) => name)).toEqual(['old', 'twin']);
    expect(Buffer.from(first.nextPageToken, 'base64').toString()).toBe(`${first.items[1]?.id}:3000`);
    const { nextPageToken } = first;
    expect(await registry.names(`${path}${query({ orderBy: 'CREATE_TIME', pageSize: '2', nextPageToken })}`)).toEqual([
      'new',
    ]);

    now = 5000;
    await registry.call('PATCH', `/model_versions/${first.items[0]?.id}`, { state: 'LIVE' });
    expect((await registry.names(`${path}?orderBy=LAST_UPDATE_TIME`)).at(-1)).toBe('old');
  });
});
