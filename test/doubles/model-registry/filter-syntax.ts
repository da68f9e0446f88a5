import { Refusal } from './refusal';

/** A value of a filter; whole numbers are told from decimals. */
export type Literal =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'integer' | 'decimal'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean };

export type Operator = '=' | '!=' | '<>' | '>' | '>=' | '<' | '<=' | 'LIKE' | 'ILIKE' | 'IN';

/** A property, an operator, and its value (several for `IN`). */
export interface Comparison {
  readonly kind: 'comparison';
  readonly property: string;
  /** Which value of a custom property is meant. */
  readonly suffix?: 'string_value' | 'int_value' | 'double_value' | 'bool_value';
  readonly operator: Operator;
  readonly values: readonly Literal[];
}

export type FilterExpression =
  Comparison | { readonly kind: 'and' | 'or'; readonly parts: readonly FilterExpression[] };

/** Reads a `filterQuery`; AND binds tighter than OR. @throws Refusal 400 */
export function parseFilter(text: string): FilterExpression {
  const tokens = new Tokens(text);
  const expression = joined(tokens, 'or');
  if (tokens.next() !== undefined) throw syntaxError();
  return expression;
}

/** Strings escape by backslash; a doubled quote is two strings, and so an error. */
const tokenPattern =
  /\s*(?<token>`[^`]*`(?:\.\w+)?|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|-?\d+(?:\.\d+)?|[A-Za-z_][\w.]*|!=|<>|>=|<=|[=<>(),])\s*/suy;

/** The tokens that are left. */
class Tokens {
  private readonly tokens: readonly string[];
  private at = 0;

  constructor(text: string) {
    const tokens: string[] = [];
    const pattern = new RegExp(tokenPattern);
    while (pattern.lastIndex < text.length) {
      const token = pattern.exec(text)?.groups?.['token'];
      if (token === undefined) throw syntaxError();
      tokens.push(token);
    }
    this.tokens = tokens;
  }

  next(): string | undefined {
    return this.tokens[this.at++];
  }

  /** Whether the next token is this one, in any case; it is consumed then. */
  accept(wanted: string): boolean {
    const accepted = this.tokens[this.at]?.toUpperCase() === wanted;
    if (accepted) this.at += 1;
    return accepted;
  }

  expect(wanted: string): void {
    if (!this.accept(wanted)) throw syntaxError();
  }
}

function joined(tokens: Tokens, kind: 'and' | 'or'): FilterExpression {
  const part = () => (kind === 'or' ? joined(tokens, 'and') : term(tokens));
  const parts = [part()];
  while (tokens.accept(kind.toUpperCase())) parts.push(part());
  return { kind, parts };
}

function term(tokens: Tokens): FilterExpression {
  if (!tokens.accept('(')) return comparison(tokens);
  const inner = joined(tokens, 'or');
  tokens.expect(')');
  return inner;
}

const propertyPattern =
  /^(?:`(?<quoted>[^`]*)`|(?<word>[A-Za-z_][\w.]*?))(?:\.(?<suffix>(?:string|int|double|bool)_value))?$/su;

const suffixes = ['string_value', 'int_value', 'double_value', 'bool_value'] as const;
const operators = ['=', '!=', '<>', '>', '>=', '<', '<=', 'LIKE', 'ILIKE', 'IN'] as const;

function comparison(tokens: Tokens): Comparison {
  const property = propertyPattern.exec(tokens.next() ?? '')?.groups;
  const written = tokens.next()?.toUpperCase();
  const operator = operators.find((candidate) => candidate === written);
  const name = property?.['quoted'] ?? property?.['word'];
  if (name === undefined || operator === undefined) throw syntaxError();
  const suffix = suffixes.find((candidate) => candidate === property?.['suffix']);
  const values = operator === 'IN' ? literalList(tokens) : [literal(tokens)];
  return { kind: 'comparison', property: name, ...(suffix === undefined ? {} : { suffix }), operator, values };
}

function literalList(tokens: Tokens): Literal[] {
  tokens.expect('(');
  const values = [literal(tokens)];
  while (tokens.accept(',')) values.push(literal(tokens));
  tokens.expect(')');
  return values;
}

function literal(tokens: Tokens): Literal {
  const token = tokens.next() ?? '';
  if (/^['"]/.test(token)) return { kind: 'string', value: token.slice(1, -1).replace(/\\(.)/gsu, '$1') };
  if (/^-?\d+$/.test(token)) return { kind: 'integer', value: Number(token) };
  if (/^-?\d/.test(token)) return { kind: 'decimal', value: Number(token) };
  if (/^(?:true|false)$/i.test(token)) return { kind: 'boolean', value: token.toLowerCase() === 'true' };
  throw syntaxError();
}

const syntaxError = () =>
  new Refusal(
    400,
    'invalid filter query syntax: unexpected token. Hint: String values must be quoted, for example name = "x": bad request',
  );
