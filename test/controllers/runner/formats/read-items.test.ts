import type { InputFormat } from '../../../../definitions/inference/storage/input-format';
import { ItemNumbering } from '../../../../controllers/runner/formats/item-numbering';
import { parseJsonPath } from '../../../../controllers/runner/json-path';
import { readItems } from '../../../../controllers/runner/formats/read-items';
import type { Item } from '../../../../controllers/runner/item';

interface Settings extends Pick<InputFormat, 'format' | 'csv'> {
  readonly items?: string;
  readonly idField?: string;
  readonly name?: string;
}

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  // One buffer that is written over again and again, as readers of files have it.
  const buffer = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(buffer, 0, at, at + size);
    yield buffer.subarray(0, length);
    buffer.fill(0xff);
  }
}

async function itemsOf(content: string | Buffer, settings: Settings = {}, size = 1_000_000): Promise<Item[]> {
  const { items, idField, name = 'data', ...format } = settings;
  const pathOf = (text?: string) => (text === undefined ? undefined : parseJsonPath(text));
  const all: Item[] = [];
  const numbering = new ItemNumbering(pathOf(idField));
  const bytes = pieces(Buffer.from(content), size);
  for await (const group of readItems(name, bytes, { ...format, itemsPath: pathOf(items) }, numbering))
    all.push(...group);
  return all;
}

const short = (item: Item) => ('value' in item ? item.value : `${item.invalid}: ${item.text}`);

/** What an input says is the same however its bytes come: all sizes of pieces up to a few, and all at once. */
async function valuesOf(content: string | Buffer, settings: Settings = {}): Promise<unknown[]> {
  const whole = (await itemsOf(content, settings)).map(short);
  for (const size of [1, 2, 3, 5, 7, 16]) expect((await itemsOf(content, settings, size)).map(short)).toEqual(whole);
  return whole;
}

describe('jsonl', () => {
  test('each line is an item, blank lines and the last line feed are none', async () => {
    expect(await valuesOf('{"a":1}\r\n\n[1,2]\n  \n"x"\n5\nnull')).toEqual([{ a: 1 }, [1, 2], 'x', 5, null]);
    expect(await valuesOf('')).toEqual([]);
    expect(await valuesOf('\n\n')).toEqual([]);
  });

  test('a line that is not JSON is an invalid item, and the next one an item again', async () => {
    expect(await valuesOf('{"a":1}\n{"a":\n{"a" 1}\n2\n')).toEqual([
      { a: 1 },
      'not JSON: {"a":',
      'not JSON at character 5: {"a" 1}',
      2,
    ]);
  });

  test('whole numbers of any size keep their digits (AT-42)', async () => {
    const [item] = await itemsOf('{"id":9007199254740993,"x":[-9223372036854775808,1.5]}\n', { idField: 'id' });
    expect(item).toMatchObject({
      id: '9007199254740993',
      value: { id: 9007199254740993n, x: [-9223372036854775808n, 1.5] },
    });
  });

  test('letters of every language come whole, a byte order mark is none', async () => {
    expect(await valuesOf('\uFEFF"日本語"\n"😀é"\n"\uFFFD"\n')).toEqual(['日本語', '😀é', '\uFFFD']);
  });

  test('a line that is not UTF-8 is an invalid item', async () => {
    const content = Buffer.concat([Buffer.from('"a"\n"'), Buffer.from([0xff, 0xfe]), Buffer.from('"\n"b"\n')]);
    expect(await valuesOf(content)).toEqual(['a', 'not UTF-8: "\uFFFD\uFFFD"', 'b']);
  });

  test('a line of any length does not fill the memory', async () => {
    const line = 70 * 1024 * 1024;
    async function* endless(): AsyncGenerator<Buffer> {
      const piece = Buffer.alloc(1024 * 1024, 'x');
      for (let sent = 0; sent < line; sent += piece.length) yield piece;
      yield Buffer.from('\n1\n');
    }
    const items: Item[] = [];
    const numbering = new ItemNumbering(undefined);
    for await (const group of readItems('data', endless(), { itemsPath: undefined }, numbering)) items.push(...group);
    expect(items).toMatchObject([{ invalid: 'longer than 64 MiB', bytes: line }, { value: 1 }]);
  });

  test('index, id and size of an item are told', async () => {
    expect(await itemsOf('{"k":{"n":"a"}}\n{"k":{"n":7}}\n{"k":{}}\n"é"\n', { idField: '$.k.n' })).toMatchObject([
      { index: 0, id: 'a', bytes: 15 },
      { index: 1, id: '7', bytes: 13 },
      { index: 2, id: '2', invalid: 'the idField is missing, or neither text nor a number' },
      { index: 3, id: '3', bytes: 4 },
    ]);
  });
});

describe('json', () => {
  const json = { format: 'json' } as const;

  test.each([
    ['[1, {"a":[2,"],["]}, "x\\"]", null]', [1, { a: [2, '],['] }, 'x"]', null]],
    [' [ ] ', []],
    ['{"result":[1,2]}', [1, 2]],
    ['{"count":[1],"meta":{"items":[9]},"items":[1,2],"data":[3]}', [1, 2]],
    ['{"data":"[1]","instances":[{"x":[1]}]}', [{ x: [1] }]],
    ['{"a\\u0022b":1,"it\\u0065ms":[5]}', [5]],
    ['[9007199254740993]', [9007199254740993n]],
  ])('the items of %s are found', async (document, items) => {
    expect(await valuesOf(document, json)).toEqual(items);
  });

  test.each([
    ['$.a.b', '{"b":[0],"a":{"c":[0],"b":[1,2]}}', [1, 2]],
    ['$', '[1,2]', [1, 2]],
    ['$.rows[1].x', '{"rows":[{"x":[0]},{"x":[1]},{"x":[2]}]}', [1]],
    ["$['a b']", '{"a b":[1]}', [1]],
    ['a', '{"a":[1]}', [1]],
    ['$[1]', '[[0],[1,2]]', [1, 2]],
  ])('%s leads to the items of %s', async (path, document, items) => {
    expect(await valuesOf(document, { ...json, items: path })).toEqual(items);
  });

  test('an element that is not JSON is an invalid item', async () => {
    expect(await valuesOf('[1, 2 3, 4,]', json)).toEqual([1, 'not JSON at character 2: 2 3', 4, 'not JSON: ']);
  });

  test.each([
    ['{"a":[1]}', 'there is no array at the top, nor in result, instances, items, data'],
    ['[1, {"a":', 'the document ends in the middle'],
    ['', 'there is no array at the top'],
  ])('%s is a broken document, not an empty one (R-03)', async (document, message) => {
    await expect(itemsOf(document, json)).rejects.toThrow(message);
  });
});

describe('csv', () => {
  const csv = { format: 'csv' } as const;

  test('rows are items by the names of their columns, cells what they look like', async () => {
    expect(await valuesOf('id,x,ok,text\r\n007,1.5,true,hello\r\n9007199254740993,-2e3,false,\r\n', csv)).toEqual([
      { id: '007', x: 1.5, ok: true, text: 'hello' },
      { id: 9007199254740993n, x: -2000, ok: false, text: null },
    ]);
  });

  test('quotes hold delimiters, quotes and line breaks, and make a cell text', async () => {
    expect(await valuesOf('a,b\n"x, ""y""\nz","5"\n1,\'\n', csv)).toEqual([
      { a: 'x, "y"\nz', b: '5' },
      { a: 1, b: "'" },
    ]);
  });

  test('rows of the wrong width or with stray quotes are invalid items', async () => {
    expect(await valuesOf('a,b\n1\n1,2,3\n1,x"y"\n3,4\n"open,5\n', csv)).toEqual([
      '1 cells where there are 2 columns: 1',
      '3 cells where there are 2 columns: 1,2,3',
      'a quote stands in the middle of a cell: 1,x"y"',
      { a: 3, b: 4 },
      'a quote is not closed: "open,5',
    ]);
  });

  test('without header, with another delimiter, as text', async () => {
    const settings = { ...csv, csv: { header: false, delimiter: ';', types: 'string' } } as const;
    expect(await valuesOf('1;a,b\n2;\n', settings)).toEqual([
      ['1', 'a,b'],
      ['2', ''],
    ]);
  });

  test('two columns of one name are no table', async () => {
    await expect(itemsOf('a,a\n1,2\n', csv)).rejects.toThrow('two columns are called "a"');
  });
});

test('each line of a text is an item, blank ones too', async () => {
  expect(await valuesOf('one\n\ntwo\r\n{"a":1}', { format: 'text' })).toEqual(['one', '', 'two', '{"a":1}']);
});

test.each([
  ['data/a.jsonl', '1\n2', [1, 2]],
  ['a.NDJSON', '1\n2', [1, 2]],
  ['a.json', '[1,2]', [1, 2]],
  ['a.csv', 'x\n1\n', [{ x: 1 }]],
  ['a.txt', '1\n', ['1']],
  ['a.b/c', '1\n', [1]],
])('the extension of %s says what it is', async (name, content, items) => {
  expect(await valuesOf(content, { name })).toEqual(items);
});
