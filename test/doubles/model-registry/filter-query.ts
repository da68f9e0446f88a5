import type { EntityType } from './entity-types';
import { parseFilter, type Comparison, type FilterExpression, type Literal } from './filter-syntax';
import { like } from './like';
import { badRequest } from './refusal';
import { storedName, type Row } from './row';

/** Whether a row passes a filter. */
export type Filter = (row: Row) => boolean;

/**
 * Compiles a `filterQuery` for lists of these entity types. Names that a type doesn't have mean custom properties.
 *
 * @throws Refusal 400 for a syntax error, and for a value that doesn't fit its property
 */
export function filterOf(text: string, types: readonly EntityType[]): Filter {
  return compile(parseFilter(text), types);
}

function compile(expression: FilterExpression, types: readonly EntityType[]): Filter {
  if (expression.kind === 'comparison') {
    requireFittingTypes(expression, types);
    return (row) => matches(expression, row);
  }
  const parts = expression.parts.map((part) => compile(part, types));
  return expression.kind === 'and'
    ? (row) => parts.every((part) => part(row))
    : (row) => parts.some((part) => part(row));
}

type Kind = 'text' | 'number' | 'boolean';

const builtIn: ReadonlyMap<string, Kind> = new Map([
  ['id', 'number'],
  ['name', 'text'],
  ['externalId', 'text'],
  ['createTimeSinceEpoch', 'number'],
  ['lastUpdateTimeSinceEpoch', 'number'],
]);

const numbers: readonly string[] = ['id', 'milliseconds', 'number', 'integer'];

/** Kind of a built-in property; undefined when the name means a custom property. */
function kindOf(type: EntityType, property: string): Kind | undefined {
  if (type.parent?.member === property) return 'number';
  const member = type.members[property];
  if (member === undefined || member.filterable === false) return builtIn.get(property);
  return numbers.includes(member.type) ? 'number' : 'text';
}

const suffixKinds = {
  string_value: 'text',
  int_value: 'number',
  double_value: 'number',
  bool_value: 'boolean',
} as const;

const literalKinds = { string: 'text', integer: 'number', decimal: 'number', boolean: 'boolean' } as const;

/** Refused before any row is looked at, as a database does. */
function requireFittingTypes({ property, suffix, operator, values }: Comparison, types: readonly EntityType[]): void {
  const known = types.map((type) => kindOf(type, property)).filter((kind) => kind !== undefined);
  const allowed: readonly Kind[] = known.length === 0 && suffix !== undefined ? [suffixKinds[suffix]] : known;
  const given = values.map((value) => literalKinds[value.kind]);
  const fits = (kind: Kind) => (allowed.length === 0 || allowed.includes(kind)) && operatorsOf[kind].includes(operator);
  if (!given.every(fits)) throw badRequest('invalid filter query, type mismatch or invalid value in comparison');
}

const ordering = ['=', '!=', '<>', '>', '>=', '<', '<=', 'IN'];
const operatorsOf: Readonly<Record<Kind, readonly string[]>> = {
  text: [...ordering, 'LIKE', 'ILIKE'],
  number: ordering,
  boolean: ['=', '!=', '<>', 'IN'],
};

function matches({ property, suffix, operator, values }: Comparison, row: Row): boolean {
  const test = operator === 'IN' ? '=' : operator;
  // A child is asked for by the end of its stored name, and its name is a pattern even after `=`.
  if (property === 'name' && row.parentId !== undefined && ['=', '<>', 'LIKE', 'ILIKE'].includes(operator)) {
    const pattern = like(`%:${String(values[0]?.value)}`, { ignoreCase: operator === 'ILIKE' });
    return pattern.test(storedName(row));
  }
  return values.some((literal) =>
    valuesOf(row, property, suffix, literal).some((value) => compare(value, test, literal)),
  );
}

/** What a literal is compared with: a built-in property, or the custom property's values of the literal's type. */
function valuesOf(
  row: Row,
  property: string,
  suffix: Comparison['suffix'],
  literal: Literal,
): (string | number | boolean)[] {
  if (kindOf(row.type, property) !== undefined) return builtInValue(row, property);
  const stored = row.customProperties[property];
  const wanted = suffix ?? literal.kind;
  switch (stored?.metadataType) {
    case 'MetadataStringValue':
      return wanted === 'string' || wanted === 'string_value' ? [stored.string_value] : [];
    case 'MetadataIntValue':
      return wanted === 'integer' || wanted === 'int_value' ? [Number(stored.int_value)] : [];
    case 'MetadataDoubleValue':
      return ['integer', 'decimal', 'double_value'].includes(wanted) ? [stored.double_value] : [];
    case 'MetadataBoolValue':
      return wanted === 'boolean' || wanted === 'bool_value' ? [stored.bool_value] : [];
    default:
      return [];
  }
}

function builtInValue(row: Row, property: string): (string | number)[] {
  const columns: Readonly<Record<string, string | number | undefined>> = {
    id: row.id,
    name: row.name,
    externalId: row.externalId,
    createTimeSinceEpoch: row.createdAt,
    lastUpdateTimeSinceEpoch: row.updatedAt,
    ...(row.type.parent === undefined ? {} : { [row.type.parent.member]: row.parentId }),
  };
  const value = columns[property] ?? row.values[property];
  if (typeof value !== 'string' && typeof value !== 'number') return [];
  return [kindOf(row.type, property) === 'number' ? Number(value) : value];
}

function compare(
  value: string | number | boolean,
  operator: Exclude<Comparison['operator'], 'IN'>,
  literal: Literal,
): boolean {
  const wanted = literal.value;
  // Artifact kinds give one name different types: `value` is a metric's number and a parameter's text.
  if (typeof value !== typeof wanted) return false;
  switch (operator) {
    case '=':
    case '<>': // Parsed as "unlike", evaluated as "like".
      return value === wanted;
    case '!=':
      return value !== wanted;
    case '>':
      return value > wanted;
    case '>=':
      return value >= wanted;
    case '<':
      return value < wanted;
    case '<=':
      return value <= wanted;
    case 'LIKE':
    case 'ILIKE':
      return like(String(wanted), { ignoreCase: operator === 'ILIKE' }).test(String(value));
  }
}
