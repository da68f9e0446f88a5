import { withDefaults } from '../../../definitions/schema/defaults';
import type { JsonValue, StructuralSchema } from '../../../definitions/schema/structural-schema';

const port: StructuralSchema = {
  type: 'object',
  properties: { number: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } },
};

const schema: StructuralSchema = {
  type: 'object',
  properties: {
    mode: { type: 'string', default: 'fast' },
    note: { type: 'string', default: 'none', nullable: true },
    bare: { type: 'string' },
    ports: { type: 'array', items: port },
    portsByName: { type: 'object', additionalProperties: port },
    main: { ...port, default: {} },
  },
};

const complete = { mode: 'fast', note: 'none', main: { protocol: 'TCP' } };

test.each<[string, JsonValue, JsonValue]>([
  ['absent members get their default, and a default its own defaults', {}, complete],
  ['null is replaced where the schema has no null', { mode: null }, complete],
  ['null stays where the schema allows it', { note: null }, { ...complete, note: null }],
  ['null stays where there is no default', { bare: null }, { ...complete, bare: null }],
  ['values stay', { mode: '', note: 'x' }, { ...complete, mode: '', note: 'x' }],
  ['undeclared members stay', { other: { a: [1] } }, { ...complete, other: { a: [1] } }],
  [
    'elements of lists are completed',
    { ports: [{ number: 1 }, { number: 2, protocol: 'UDP' }] },
    {
      ...complete,
      ports: [
        { number: 1, protocol: 'TCP' },
        { number: 2, protocol: 'UDP' },
      ],
    },
  ],
  [
    'values of maps are completed',
    { portsByName: { a: { number: 1 } } },
    { ...complete, portsByName: { a: { number: 1, protocol: 'TCP' } } },
  ],
  [
    'values of another type than declared are left to validation',
    { ports: 'x', main: 3 },
    { mode: 'fast', note: 'none', ports: 'x', main: 3 },
  ],
  ['a scalar is returned', 'x', 'x'],
])('%s', (_name, value, expected) => {
  expect(withDefaults(value, schema)).toEqual(expected);
});

test('a complete object is returned itself', () => {
  const value = { ...complete, ports: [{ number: 1, protocol: 'TCP' }], portsByName: { a: { protocol: 'UDP' } } };
  expect(withDefaults(value, schema)).toBe(value);
});

test('the value and the schema are not changed, and unchanged parts are shared', () => {
  const value = { ports: [{ number: 1 }, { protocol: 'UDP' }] };
  const before = structuredClone(value);
  const schemaBefore = structuredClone(schema);
  const completed = withDefaults(value, schema);
  expect(completed).toMatchObject({ ports: [{ number: 1, protocol: 'TCP' }, { protocol: 'UDP' }] });
  expect(value).toEqual(before);
  expect(schema).toEqual(schemaBefore);
});
