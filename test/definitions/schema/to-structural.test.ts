import * as z from 'zod';
import { decimal } from '../../../definitions/schema/decimal';
import { atomicMap, withRules, withUnknownFields } from '../../../definitions/schema/extensions';
import { intOrString } from '../../../definitions/schema/int-or-string';
import { island, keyedIsland } from '../../../definitions/schema/island';
import { atomicList, keyedList } from '../../../definitions/schema/list';
import { NotStructural } from '../../../definitions/schema/not-structural';
import { toStructural } from '../../../definitions/schema/to-structural';

/** The structural form of a member `field` of a strict object, without its description. */
function fieldOf(schema: z.ZodType): object | undefined {
  const { field } = toStructural(z.strictObject({ field: schema.describe('text') })).properties ?? {};
  const { description, ...rest } = field ?? {};
  expect(description).toBe('text');
  return rest;
}

describe('what zod can say is converted', () => {
  test.each<[string, z.ZodType, object]>([
    ['a string with bounds', z.string().min(1).max(9), { type: 'string', minLength: 1, maxLength: 9 }],
    ['a pattern', z.string().regex(/^a|b$/), { type: 'string', pattern: '^a|b$' }],
    ['a known format', z.string().meta({ format: 'date-time' }), { type: 'string', format: 'date-time' }],
    ['an enum', z.enum(['', 'a']), { type: 'string', enum: ['', 'a'] }],
    ['a literal, as an enum of one', z.literal('a'), { type: 'string', enum: ['a'] }],
    ['a boolean', z.boolean(), { type: 'boolean' }],
    ['an integer without bounds, as int64', z.int(), { type: 'integer', format: 'int64' }],
    ['an integer with a lower bound', z.int().min(0), { type: 'integer', format: 'int64', minimum: 0 }],
    [
      'an integer above a bound',
      z.int().gt(0).max(5),
      { type: 'integer', format: 'int32', minimum: 0, maximum: 5, exclusiveMinimum: true },
    ],
    [
      'an int32, with its bounds',
      z.int32(),
      { type: 'integer', format: 'int32', minimum: -2147483648, maximum: 2147483647 },
    ],
    ['a number with a fraction', decimal(0, 1), { type: 'number', format: 'double', minimum: 0, maximum: 1 }],
    [
      'its default, also a whole one',
      decimal(1, 9).default(2),
      { type: 'number', format: 'double', minimum: 1, maximum: 9, default: 2 },
    ],
    [
      'a multiple',
      z.int().min(0).max(9).multipleOf(3),
      { type: 'integer', format: 'int32', minimum: 0, maximum: 9, multipleOf: 3 },
    ],
    ['a default', z.boolean().default(false), { type: 'boolean', default: false }],
    ['null', z.string().nullable(), { type: 'string', nullable: true }],
    ['an empty object', z.strictObject({}), { type: 'object' }],
    ['a map', z.record(z.string(), z.string()), { type: 'object', additionalProperties: { type: 'string' } }],
    [
      'an atomic map',
      atomicMap(z.record(z.string(), z.string())),
      { type: 'object', additionalProperties: { type: 'string' }, 'x-kubernetes-map-type': 'atomic' },
    ],
    [
      'an atomic list',
      atomicList(z.string()).min(1),
      { type: 'array', items: { type: 'string' }, minItems: 1, 'x-kubernetes-list-type': 'atomic' },
    ],
    [
      'a keyed list',
      keyedList(z.strictObject({ name: z.string().describe('n') }), 'name'),
      {
        type: 'array',
        items: { type: 'object', properties: { name: { type: 'string', description: 'n' } }, required: ['name'] },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
      },
    ],
    [
      'a set of scalars',
      z.array(z.string()).meta({ 'x-kubernetes-list-type': 'set' }),
      { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    ],
    [
      'an integer or a string',
      intOrString(z.string().regex(/^a/)),
      { 'x-kubernetes-int-or-string': true, pattern: '^a' },
    ],
    [
      'an integer or a string with a default',
      intOrString().default('25%'),
      { 'x-kubernetes-int-or-string': true, default: '25%' },
    ],
    ['an island', island(), { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }],
    [
      'an island with a key',
      keyedIsland({ name: 'n' }),
      {
        type: 'object',
        properties: { name: { type: 'string', description: 'n' } },
        required: ['name'],
        'x-kubernetes-preserve-unknown-fields': true,
      },
    ],
    ['anything', withUnknownFields(z.unknown()), { 'x-kubernetes-preserve-unknown-fields': true }],
    [
      'rules',
      withRules(z.strictObject({ a: z.int32().describe('a') }), { rule: 'self.a > 0', message: 'a must be positive' }),
      {
        type: 'object',
        properties: {
          a: { type: 'integer', format: 'int32', minimum: -2147483648, maximum: 2147483647, description: 'a' },
        },
        required: ['a'],
        'x-kubernetes-validations': [{ rule: 'self.a > 0', message: 'a must be positive' }],
      },
    ],
    [
      'constraints in combinators on what is declared beside them',
      z
        .strictObject({
          a: z.string().describe('a').exactOptional(),
          b: atomicList(z.string()).describe('b').exactOptional(),
        })
        .meta({
          oneOf: [{ required: ['a'] }, { properties: { b: { items: { minLength: 1 } } } }],
          not: { allOf: [{ required: ['a'] }] },
        }),
      {
        type: 'object',
        properties: {
          a: { type: 'string', description: 'a' },
          b: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic', description: 'b' },
        },
        oneOf: [{ required: ['a'] }, { properties: { b: { items: { minLength: 1 } } } }],
        not: { allOf: [{ required: ['a'] }] },
      },
    ],
  ])('%s', (_name, schema, expected) => {
    expect(fieldOf(schema)).toEqual(expected);
  });

  test('members are required unless they are optional or have a default', () => {
    const schema = z.strictObject({
      needed: z.string().describe('a'),
      optional: z.string().describe('b').exactOptional(),
      defaulted: z.string().describe('c').default('x'),
    });
    expect(toStructural(schema).required).toEqual(['needed']);
  });

  test('a schema that is used twice is written out twice', () => {
    const shared = z.strictObject({ a: z.string().describe('a') });
    const { properties } = toStructural(z.strictObject({ x: shared.describe('x'), y: shared.describe('y') }));
    expect(properties?.['x']?.properties).toEqual(properties?.['y']?.properties);
    expect(properties?.['y']?.properties).toEqual({ a: { type: 'string', description: 'a' } });
  });
});

describe('what Kubernetes would refuse is refused with the path', () => {
  const recursive = z.strictObject({
    get next() {
      return recursive.describe('n').exactOptional();
    },
  });
  const text = z.string().describe('t');

  test.each<[string, z.ZodType, string]>([
    ['a schema that refers to itself', recursive, '$ref is not allowed'],
    ['a schema with an id', z.string().meta({ id: 'shared-text' }), '$ref is not allowed'],
    ['readOnly', z.string().readonly(), 'readOnly is not allowed; remove .readonly()'],
    ['deprecated', z.string().meta({ deprecated: true }), 'deprecated is not allowed'],
    [
      'uniqueItems',
      atomicList(z.string()).meta({ uniqueItems: true }),
      'uniqueItems is not allowed; use a list of type set',
    ],
    ['patternProperties', z.strictObject({}).meta({ patternProperties: {} }), 'patternProperties is not allowed'],
    ['dependencies', z.strictObject({}).meta({ dependencies: {} }), 'dependencies is not allowed'],
    ['discriminator', z.strictObject({}).meta({ discriminator: {} }), 'discriminator is not allowed'],
    ['writeOnly', z.string().meta({ writeOnly: true }), 'writeOnly is not allowed'],
    ['xml', z.string().meta({ xml: {} }), 'xml is not allowed'],
    ['a title', z.string().meta({ title: 't' }), 'title is not allowed; remove it'],
    ['an unknown extension', z.string().meta({ 'x-kubernetes-lists': 'atomic' }), 'x-kubernetes-lists is not allowed'],
    ['a union of scalars', z.union([z.string(), z.boolean()]), 'type inside anyOf[0] is not allowed'],
    [
      'a discriminated union',
      z.discriminatedUnion('t', [z.object({ t: z.literal('a') })]),
      'type inside oneOf[0] is not allowed',
    ],
    ['two patterns', z.string().regex(/a/).regex(/b/), 'type inside allOf[0] is not allowed'],
    [
      'a default in a combinator',
      z.string().meta({ anyOf: [{ default: 'a' }] }),
      'default inside anyOf[0] is not allowed',
    ],
    [
      'a description in a combinator',
      z.string().meta({ not: { description: 'a' } }),
      'description inside not is not allowed',
    ],
    [
      'nullable in a combinator',
      z.string().meta({ allOf: [{ nullable: true }] }),
      'nullable inside allOf[0] is not allowed',
    ],
    [
      'a map in a combinator',
      z.strictObject({}).meta({ allOf: [{ additionalProperties: {} }] }),
      'additionalProperties inside allOf[0]',
    ],
    [
      'a combinator deep in combinators',
      z.string().meta({ not: { anyOf: [{ type: 'string' }] } }),
      'type inside not.anyOf[0]',
    ],
    [
      'a member named in a combinator only',
      z.strictObject({ a: text }).meta({ oneOf: [{ properties: { b: {} } }] }),
      'oneOf[0] constrains the member b',
    ],
    [
      'items named in a combinator only',
      z.strictObject({ a: text }).meta({ anyOf: [{ items: {} }] }),
      'anyOf[0] constrains the items',
    ],
    ['never', z.never(), 'the type is missing'],
    ['a date', z.date(), 'the type is missing'],
    ['a bigint', z.bigint(), 'the type is missing'],
    ['a custom type that is no island', z.custom<object>(() => true), 'the type is missing'],
    ['anything without saying so', z.unknown(), 'the type is missing'],
    ['a floating-point number', z.number(), 'a floating-point number loses digits'],
    ['a tuple', z.tuple([z.string(), z.boolean()]), 'type inside anyOf[0] is not allowed'],
    ['an open object', z.looseObject({ a: text }), 'declared members beside a map of others'],
    ['members beside a map', z.object({ a: text }).catchall(z.string()), 'declared members beside a map of others'],
    ['an unknown format', z.string().startsWith('a'), 'format starts_with is unknown'],
    ['a look-ahead', z.string().regex(/^(?!a)/), 'uses (?!, which RE2 lacks'],
    ['a look-behind', z.string().regex(/(?<=a)b/), 'uses (?<=, which RE2 lacks'],
    ['a back reference', z.string().regex(/(a)\1/), 'uses \\1, which RE2 lacks'],
    ['a list without a type', z.array(z.string()), 'a list without x-kubernetes-list-type; use atomicList'],
    [
      'a keyed list without keys',
      z.array(z.string()).meta({ 'x-kubernetes-list-type': 'map' }),
      'without x-kubernetes-list-map-keys',
    ],
    ['a key that is not declared', keyedList(z.strictObject({ a: text }), 'b'), 'the key b is not a scalar member'],
    [
      'a key that is not a scalar',
      keyedList(z.strictObject({ a: island().describe('i') }), 'a'),
      'the key a is not a scalar member',
    ],
    [
      'an optional key',
      keyedList(z.strictObject({ a: text.exactOptional() }), 'a'),
      'the key a is neither required nor defaulted',
    ],
    [
      'keys on an atomic list',
      atomicList(z.string()).meta({ 'x-kubernetes-list-map-keys': ['a'] }),
      'only map has keys',
    ],
    [
      'a set of granular objects',
      z.array(z.strictObject({ a: text })).meta({ 'x-kubernetes-list-type': 'set' }),
      'elements of a list of type set',
    ],
    [
      'the int-or-string marker on a string',
      z.string().meta({ 'x-kubernetes-int-or-string': true }),
      'use intOrString',
    ],
    ['a default of another type', z.string().meta({ default: 1 }), 'the default 1 is not of type string'],
    ['a default outside of the enum', z.enum(['a']).meta({ default: 'b' }), 'the default "b" is none of ["a"]'],
    ['a default below the minimum', z.int().min(1).default(0), 'the default 0 is below the minimum 1'],
    ['a default above the maximum', z.int().max(1).default(2), 'the default 2 is above the maximum 1'],
    ['a default that is too short', z.string().min(1).default(''), 'the default "" is shorter than 1'],
    ['a default that is too long', z.string().max(1).default('ab'), 'the default "ab" is longer than 1'],
    ['a default of null', z.string().meta({ default: null }), 'the default null is null'],
    [
      'a default without a required member',
      z.strictObject({ a: text }).meta({ default: {} }),
      'the default {} lacks the required member a',
    ],
    [
      'a default of int-or-string that is neither',
      intOrString().meta({ default: true }),
      'is neither an integer nor a string',
    ],
  ])('%s', (_name, schema, problem) => {
    expect(() => fieldOf(schema)).toThrow(NotStructural);
    expect(() => fieldOf(schema)).toThrow(/^converting field(\.next|\[\])? to a structural schema: /);
    expect(() => fieldOf(schema)).toThrow(problem);
  });

  test('an extension with a value that Kubernetes does not know', () => {
    expect(() => fieldOf(z.array(z.string()).meta({ 'x-kubernetes-list-type': 'bag' }))).toThrow(
      /x-kubernetes-list-type/,
    );
    expect(() => fieldOf(z.string().meta({ 'x-kubernetes-validations': [{ rule: 'true' }] }))).toThrow(/message/);
  });

  test('a member without a description, however deep', () => {
    const schema = z.strictObject({
      spec: z
        .strictObject({
          list: atomicList(
            z.strictObject({ map: z.record(z.string(), z.strictObject({ bare: z.string() })).describe('m') }),
          ).describe('l'),
        })
        .describe('s'),
    });
    expect(() => toStructural(schema)).toThrow(
      'converting spec.list[].map[*].bare to a structural schema: the member has no description; add .describe()',
    );
  });

  test('a root that is no object is named as the root', () => {
    expect(() => toStructural(z.number())).toThrow(/^converting the root to a structural schema: /);
  });
});
