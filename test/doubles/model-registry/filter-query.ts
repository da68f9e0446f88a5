import { like } from './find';
import { badRequest, Refusal } from './refusal';
import { storedName, type Row } from './rows';

/** Whether a row passes a filter. */
export type Filter = (row: Row) => boolean;

type Value = string | number | boolean;

const tokenPattern =
  /\s*(?:(?<quoted>`[^`]*`|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")|(?<number>-?\d+(?:\.\d+)?)|(?<word>[A-Za-z_][A-Za-z0-9_.]*)|(?<symbol>!=|<>|>=|<=|[=<>(),]))/y;

type TokenKind = 'quoted' | 'number' | 'word' | 'symbol';

const syntaxError = () =>
  new Refusal(400, 'invalid filter query syntax: unexpected token. Hint: String values must be quoted, for example name = "x": bad request');

/**
 * Parses a `filterQuery`: comparisons with AND and OR (AND binds tighter), parentheses, `= != <> > >= < <= LIKE ILIKE IN`. `<>` is
 * evaluated as `=`, as the server does.
 *
 * @throws Refusal 400 for a syntax error, and when evaluated for a comparison of unlike types
 */
export function parseFilter(text: string): Filter {
  const tokens = tokenize(text);
  let at = 0;
  const peek = () => tokens[at];
  const next = () => tokens[at++] ?? fail();
  const accept = (wanted: string) => {
    if (peek()?.text.toUpperCase() !== wanted) return false;
    at += 1;
    return true;
  };
  const any = (): Filter => {
    const parts = [all()];
    while (accept('OR')) parts.push(all());
    return (row) => parts.some((part) => part(row));
  };
  const all = (): Filter => {
    const parts = [one()];
    while (accept('AND')) parts.push(one());
    return (row) => parts.every((part) => part(row));
  };
  const one = (): Filter => {
    if (!accept('(')) return comparison();
    const inner = any();
    if (!accept(')')) fail();
    return inner;
  };
  const comparison = (): Filter => {
    const property = next();
    if (property.kind !== 'word' && !property.text.startsWith('`')) fail();
    const name = property.text.startsWith('`') ? property.text.slice(1, -1) : property.text;
    const operator = next().text.toUpperCase();
    if (operator !== 'IN') {
      if (!operators.has(operator)) fail();
      const value = literal(next());
      return (row) => compare(row, name, operator, value);
    }
    if (!accept('(')) fail();
    const values = [literal(next())];
    while (accept(',')) values.push(literal(next()));
    if (!accept(')')) fail();
    return (row) => values.some((value) => compare(row, name, '=', value));
  };
  const filter = any();
  if (at < tokens.length) fail();
  return filter;
}

const operators = new Set(['=', '!=', '<>', '>', '>=', '<', '<=', 'LIKE', 'ILIKE']);

function fail(): never {
  throw syntaxError();
}

function tokenize(text: string): { kind: TokenKind; text: string }[] {
  const tokens: { kind: TokenKind; text: string }[] = [];
  const end = text.trimEnd().length;
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < end) {
    const groups = tokenPattern.exec(text)?.groups;
    const kind = (['quoted', 'number', 'word', 'symbol'] as const).find((name) => groups?.[name] !== undefined);
    if (kind === undefined) throw syntaxError();
    tokens.push({ kind, text: groups?.[kind] ?? '' });
  }
  return tokens;
}

function literal({ kind, text }: { kind: TokenKind; text: string }): Value {
  if (kind === 'number') return Number(text);
  if (kind === 'quoted' && !text.startsWith('`')) return text.slice(1, -1).replace(/\\(.)/g, '$1');
  if (kind === 'word' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return fail();
}

function compare(row: Row, name: string, operator: string, value: Value): boolean {
  if (name === 'name' && row.parentId !== undefined && ['=', '<>', 'LIKE'].includes(operator)) {
    return like(`%:${String(value)}`).test(storedName(row));
  }
  const actual = valueOf(row, name);
  if (actual === undefined) return false;
  if (typeof actual !== typeof value) {
    throw badRequest('invalid filter query, type mismatch or invalid value in comparison');
  }
  switch (operator) {
    case '=':
    case '<>':
      return actual === value;
    case '!=':
      return actual !== value;
    case '>':
      return actual > value;
    case '>=':
      return actual >= value;
    case '<':
      return actual < value;
    case '<=':
      return actual <= value;
    default:
      return like(String(value), operator === 'ILIKE').test(String(actual));
  }
}

function valueOf(row: Row, name: string): Value | undefined {
  switch (name) {
    case 'id':
      return row.id;
    case 'name':
      return row.name;
    case 'externalId':
      return row.externalId;
    case 'createTimeSinceEpoch':
      return row.createdAt;
    case 'lastUpdateTimeSinceEpoch':
      return row.updatedAt;
    default:
      return scalar(name in row.type.members ? idOrValue(row, name) : property(row, name));
  }
}

/** Ids are numbers to the database. */
function idOrValue(row: Row, name: string): unknown {
  const value = row.values[name];
  return row.type.members[name]?.type === 'id' && typeof value === 'string' ? Number(value) : value;
}

function property(row: Row, name: string): unknown {
  const [, base = name, suffix] = /^(.*?)(?:\.((?:string|int|double|bool)_value))?$/.exec(name) ?? [];
  const stored = row.customProperties[base];
  if (stored === undefined) return undefined;
  const key = suffix ?? Object.keys(stored).find((candidate) => candidate.endsWith('_value')) ?? '';
  return key === 'int_value' ? Number(stored[key]) : stored[key];
}

function scalar(value: unknown): Value | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}
