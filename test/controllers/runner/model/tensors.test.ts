import type { TensorDatatype } from '../../../../definitions/inference/model-endpoint';
import type { Contract } from '../../../../definitions/inference/contract';
import type { JsonValue } from '../../../../controllers/runner/json';
import { inputLayouts } from '../../../../controllers/runner/model/input-layout';
import { cellReader, type NullRule } from '../../../../controllers/runner/model/item-cells';
import { itemPart } from '../../../../controllers/runner/model/item-part';
import { flattened, itemSlices } from '../../../../controllers/runner/model/item-slices';
import { fittingDimensions } from '../../../../controllers/runner/model/shape';
import { tensorBytes } from '../../../../controllers/runner/model/tensor-bytes';
import { tensorRows } from '../../../../controllers/runner/model/tensor-rows';
import { tensorValues } from '../../../../controllers/runner/model/tensor-values';
import { itemsOf } from './work-of';

describe('the part of an item for a tensor', () => {
  const item: JsonValue = { a: { 'b c': [10, 20] }, x: 1, y: 2, 'it’s "q"': 3, nothing: null };

  it.each<[from: string | undefined, part: JsonValue]>([
    [undefined, item],
    ['$', item],
    ['x', 1],
    ['x, y', [1, 2]],
    ["$.a['b c'][1]", 20],
    ['$["a"]["b c"]', [10, 20]],
    [`$['it’s "q"']`, 3],
    ['nothing', null],
  ])('at %p', (from, part) => {
    expect(itemPart(from, 'from')(item)).toEqual(part);
  });

  it.each<[from: string, words: string]>([
    ['z', 'has no column z'],
    ['toString', 'has no column toString'],
    ['$.a.z', 'has nothing at $.a.z'],
    ["$.a['b c'][2]", "has nothing at $.a['b c'][2]"],
    ['$[0]', 'has nothing at $[0]'],
  ])('is missing at %p: %s', (from, words) => {
    expect(() => itemPart(from, 'from')(item)).toThrow(words);
  });

  it.each(['$..a', '$[*]', '$a', '$.a[', 'a,,b'])('refuses %p with exit 2', (from) => {
    const setting = 'kserve.inputs[0].from';
    const refusal = { exitCode: 2, message: expect.stringContaining(`${setting}: ${from}`) as string };
    expect(() => itemPart(from, setting)).toThrow(expect.objectContaining(refusal) as Error);
  });
});

describe('the cells of an item', () => {
  it.each<[datatype: TensorDatatype, value: JsonValue]>([
    ['FP32', [1, 2.5, 3.4028234663852886e38]],
    ['INT64', [9223372036854775807n, -9223372036854775808n, 5]],
    ['UINT64', [18446744073709551615n]],
    ['INT8', [[-128], [127]]],
    ['BOOL', [true, false]],
    ['BYTES', ['a', '']],
    ['FP64', 3],
  ])('of %s may be %p', (datatype, value) => {
    expect(cellReader(datatype, 'error')(value).value).toEqual(value);
  });

  it.each<[datatype: TensorDatatype, value: JsonValue, words: string]>([
    ['FP32', [1, null], 'has null where a value of FP32 is expected'],
    ['FP32', ['1'], 'has text where a value of FP32 is expected'],
    ['FP32', [true], 'has true where a value of FP32 is expected'],
    ['FP32', [1e39], 'has 1e+39 where a value of FP32 is expected'],
    ['FP16', [65505], 'has 65505 where a value of FP16 is expected'],
    ['INT32', [1.5], 'has 1.5 where a value of INT32 is expected'],
    ['INT32', [2147483648], 'has 2147483648 where a value of INT32 is expected'],
    ['INT64', [9223372036854775808n], 'has 9223372036854775808 where a value of INT64 is expected'],
    ['UINT8', [-1], 'has -1 where a value of UINT8 is expected'],
    ['BYTES', [1], 'has 1 where a value of BYTES is expected'],
    ['FP32', { a: 1 }, 'has an object where a value of FP32 is expected'],
    ['FP32', [[1, 2], [3]], 'has rows of 2 and of 1 values'],
    ['FP32', [[1, 2], 3], 'has 3 where other rows have a list'],
    ['FP32', [1, [2]], 'has a list where a value of FP32 is expected'],
    ['FP32', [], 'has a list without values'],
  ])('of %s may not be %p', (datatype, value, words) => {
    expect(() => cellReader(datatype, 'error')(value)).toThrow(words);
  });

  it.each<[datatype: TensorDatatype, nulls: NullRule, cell: JsonValue]>([
    ['FP32', 'zero', 0],
    ['INT64', 'zero', 0],
    ['BOOL', 'zero', false],
    ['BYTES', 'zero', ''],
    ['FP64', 'nan', NaN],
  ])('of %s with null as %s become %p', (datatype, nulls, cell) => {
    expect(cellReader(datatype, nulls)([[null]]).value).toEqual([[cell]]);
  });
});

describe('the shape of an item in a tensor', () => {
  it.each<[own: number[], wanted: number[], dimensions: number[] | undefined]>([
    [[512], [512, 1], [512, 1]],
    [
      [512, 1],
      [512, 1],
      [512, 1],
    ],
    [[4], [4], [4]],
    [[4], [-1], [4]],
    [[4], [-1, 1], [4, 1]],
    [[], [1], [1]],
    [[], [], []],
    [[6], [2, 3], [2, 3]],
    [[6], [-1, 3], [2, 3]],
    [[511], [512, 1], undefined],
    [[7], [-1, 3], undefined],
    [[2, 3], [3, 2], undefined],
    [[2, 3], [6], undefined],
  ])('%p as %p is %p', (own, wanted, dimensions) => {
    expect(fittingDimensions(own, wanted)).toEqual(dimensions);
  });

  it('of the wrong length makes the item invalid, in words with both lengths (ITEM_INVALID)', () => {
    const layouts = inputLayouts({ inputs: [{ name: 'past', shape: [-1, 512, 1] }] }, undefined, 'error');
    const { groups, refused } = tensorRows(itemsOf([Array<number>(511).fill(1), Array<number>(512).fill(1)]), layouts);
    expect(groups.flat().map(({ position }) => position)).toEqual([1]);
    expect(refused.get(0)).toMatchObject({
      code: 'ITEM_INVALID',
      message: 'item 0: input past: has 511 values where 512 are expected',
    });
  });
});

describe('input tensors', () => {
  const metadata = { inputs: [{ name: 'a', datatype: 'INT32' as const, shape: [-1, 3] }] };

  it('take name, datatype and shape from the model where the config says nothing (R-06)', () => {
    expect(inputLayouts({}, metadata, 'error')).toMatchObject([{ name: 'a', datatype: 'INT32', wanted: [3] }]);
    const configured = { inputs: [{ name: 'a', datatype: 'FP64' as const, shape: [-1, 4] }] };
    expect(inputLayouts(configured, metadata, 'error')).toMatchObject([{ datatype: 'FP64', wanted: [4] }]);
    expect(inputLayouts({}, undefined, 'error')).toMatchObject([{ name: 'input-0', datatype: 'FP32' }]);
  });

  it.each<[words: RegExp, model: Contract['kserve']]>([
    [/tensor a: FP16 has no form in JSON: set kserve.v2.binary/, { inputs: [{ name: 'a', datatype: 'FP16' }] }],
    [/tensor a: JSON has no NaN/, { inputs: [{ name: 'a', null: 'nan' }] }],
    [/nan is no value of INT32/, { inputs: [{ name: 'a', null: 'nan', datatype: 'INT32' }], v2: { binary: 'on' } }],
  ])('are refused with exit 2 where they can’t travel: %p', (message, model) => {
    expect(() => inputLayouts(model, undefined, 'error')).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) as string }) as Error,
    );
  });

  it('go in binary form by themselves where JSON can’t hold them, with binary auto', () => {
    const inputs = [
      { name: 'a', datatype: 'FP16' as const },
      { name: 'b', datatype: 'FP32' as const },
      { name: 'c', null: 'nan' as const },
      { name: 'd', datatype: 'BYTES' as const, encoding: 'base64' as const },
    ];
    const layouts = inputLayouts({ inputs, v2: { binary: 'auto' } }, undefined, 'error');
    expect(layouts.map(({ binary }) => binary)).toEqual([true, false, true, true]);
  });

  it('carry the text that base64 stands for, and refuse bytes that are none in JSON', () => {
    const layouts = inputLayouts(
      { inputs: [{ name: 'd', datatype: 'BYTES', encoding: 'base64' }] },
      undefined,
      'error',
    );
    const { groups, refused } = tensorRows(itemsOf(['R3LDvMOfZQ==', '/w==', 'no base64!']), layouts);
    expect(groups.flat().map(({ values }) => values)).toEqual([['Grüße']]);
    expect([...refused.values()].map(({ message }) => message)).toEqual([
      'item 1: input d: has bytes that are no text: set kserve.v2.binary to auto',
      'item 2: input d: has text that is no base64',
    ]);
  });
});

describe('tensors in binary form', () => {
  it.each<[datatype: TensorDatatype, values: JsonValue[], hex: string]>([
    ['INT64', [-1, 9007199254740993n, -9007199254740993n], 'ffffffffffffffff0100000000002000ffffffffffffdfff'],
    ['UINT64', [18446744073709551615n, 4294967296], 'ffffffffffffffff0000000001000000'],
    ['INT16', [-2, 258], 'feff0201'],
    ['FP32', [1.5], '0000c03f'],
    ['FP16', [1.5], '003e'],
    ['BF16', [1.5, -2], 'c03f00c0'],
    ['BOOL', [true, false], '0100'],
    ['BYTES', ['ü', ''], '02000000c3bc00000000'],
  ])('of %s are those of the protocol, there and back', (datatype, values, hex) => {
    const bytes = tensorBytes(datatype, values, values.length, 'utf8');
    expect(Buffer.from(bytes).toString('hex')).toBe(hex);
    expect(tensorValues(datatype, bytes, values.length)).toEqual(values);
  });

  it.each<[value: number, hex: string]>([
    [1.00390625, '803f'],
    [1.01171875, '823f'],
    [NaN, 'c07f'],
  ])('round %d to the nearest BF16, ties to even', (value, hex) => {
    expect(Buffer.from(tensorBytes('BF16', [value], 1, 'utf8')).toString('hex')).toBe(hex);
  });

  it('carry bytes that are no text, out of base64 and back as {b64}', () => {
    const bytes = tensorBytes('BYTES', ['/wA='], 1, 'base64');
    expect(Buffer.from(bytes).toString('hex')).toBe('02000000ff00');
    expect(tensorValues('BYTES', bytes, 1)).toEqual([{ b64: '/wA=' }]);
  });

  it.each<[datatype: TensorDatatype, hex: string]>([
    ['INT64', '00'],
    ['BYTES', '02000000ff'],
    ['BYTES', '0000000000000000'],
  ])('are refused when the bytes are not those of one value: %s %s', (datatype, hex) => {
    expect(tensorValues(datatype, Buffer.from(hex, 'hex'), 1)).toBeUndefined();
  });
});

describe('the slices of an output', () => {
  it('are nested as its shape says', () => {
    expect(itemSlices([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2])).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ]);
    expect(itemSlices([1, 2], [2])).toEqual([1, 2]);
    expect(itemSlices([], [2, 0])).toEqual([[], []]);
  });

  it('come out of nested data too', () => {
    expect(
      flattened([
        [1, [2]],
        [3, 4],
      ]),
    ).toEqual([1, 2, 3, 4]);
  });
});
