import type { TemplateData } from './go-template';

/** What an action renders as, or why it does not. */
export type ActionValue =
  { readonly text: string; readonly unsupported?: never } | { readonly text?: never; readonly unsupported: string };

type Token =
  | { readonly kind: 'field'; readonly path: readonly string[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'word'; readonly word: string };

const space = /[ \t\r\n]+/y;
/** `$` is the data as well, outside of the blocks that could change what the dot is. */
const field = /\$?(?<path>(?:\.[\p{L}_][\p{L}\p{Nd}_]*)+)/uy;
const quoted = /"(?<text>(?:[^"\\\n]|\\.)*)"/y;
const raw = /`(?<text>[^`]*)`/y;
const word = /[\p{L}_][\p{L}\p{Nd}_]*/uy;

const supported = 'supported are {{.Field}}, {{.Map.key}}, {{index .Map "key"}} and {{"text"}}';

/** Value of the code between two delimiters. */
export function actionValue(code: string, data: TemplateData): ActionValue {
  const tokens = tokensOf(code);
  if (typeof tokens === 'string') {
    return { unsupported: tokens };
  }
  const [first, second, third, ...more] = tokens;
  if (first?.kind === 'word' && first.word === 'index' && second?.kind === 'field' && more.length === 0) {
    return third?.kind === 'text'
      ? indexValue(second.path, third.text, data)
      : { unsupported: `index takes a map and a quoted key in {{${code}}}` };
  }
  if (second !== undefined || first === undefined || first.kind === 'word') {
    return { unsupported: `{{${code}}} is not supported: ${supported}` };
  }
  return first.kind === 'text' ? { text: first.text } : fieldValue(first.path, data);
}

function fieldValue(path: readonly string[], data: TemplateData): ActionValue {
  const [name = '', key, ...deeper] = path;
  if (key !== undefined) {
    return deeper.length > 0
      ? { unsupported: `.${path.join('.')} goes too deep: ${name}.${key} is text` }
      : indexValue([name], key, data);
  }
  const value = own(data, name);
  if (value === undefined) {
    return { unsupported: unknownField(name, data) };
  }
  return typeof value === 'string'
    ? { text: value }
    : { unsupported: `.${name} is a map: name one of its keys, {{index .${name} "key"}}` };
}

function indexValue(path: readonly string[], key: string, data: TemplateData): ActionValue {
  const [name = '', ...deeper] = path;
  const value = own(data, name);
  if (value === undefined) {
    return { unsupported: unknownField(name, data) };
  }
  return typeof value === 'string' || deeper.length > 0
    ? { unsupported: `.${path.join('.')} is text, it has no keys` }
    : { text: own(value, key) ?? '' };
}

/** Labels may be named like members that every object inherits. */
function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function unknownField(name: string, data: TemplateData): string {
  const known = Object.keys(data).map((member) => `.${member}`);
  return `there is no field .${name}: use one of ${known.join(', ')}`;
}

/** The tokens of an action, or why it has none. */
function tokensOf(code: string): readonly Token[] | string {
  const tokens: Token[] = [];
  for (let position = 0; position < code.length;) {
    const match = (pattern: RegExp) => {
      pattern.lastIndex = position;
      const found = pattern.exec(code);
      if (found !== null) {
        position = pattern.lastIndex;
      }
      return found;
    };
    const spaced = match(space) !== null || position === 0;
    if (position === code.length) {
      break;
    }
    const path = spaced ? match(field)?.groups?.['path'] : undefined;
    const plain = spaced && path === undefined ? match(raw)?.groups?.['text'] : undefined;
    const escaped = spaced && path === undefined && plain === undefined ? match(quoted)?.groups?.['text'] : undefined;
    const name = spaced && (path ?? plain ?? escaped) === undefined ? match(word)?.[0] : undefined;
    if (path !== undefined) {
      tokens.push({ kind: 'field', path: path.slice(1).split('.') });
    } else if (plain !== undefined) {
      tokens.push({ kind: 'text', text: plain });
    } else if (escaped !== undefined) {
      const text = unescaped(escaped);
      if (text === undefined) {
        return `"${escaped}" has an escape that is not known`;
      }
      tokens.push({ kind: 'text', text });
    } else if (name !== undefined) {
      tokens.push({ kind: 'word', word: name });
    } else {
      const rest = `unexpected ${JSON.stringify(code.slice(position))} in {{${code}}}`;
      return `${rest}: ${supported}; a key with other characters than letters, digits and _ needs index`;
    }
  }
  return tokens;
}

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/** A Go string without its escapes; undefined when Go knows none like that. */
function unescaped(text: string): string | undefined {
  let known = true;
  const plain = text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/g,
    (_escape, hex?: string, short?: string, long?: string, octal?: string, letter?: string) => {
      const digits = hex ?? short ?? long;
      const point = digits !== undefined ? parseInt(digits, 16) : octal !== undefined ? parseInt(octal, 8) : undefined;
      const character =
        point === undefined
          ? own(simpleEscapes, letter ?? '')
          : point > 0x10ffff
            ? undefined
            : String.fromCodePoint(point);
      known &&= character !== undefined;
      return character ?? '';
    },
  );
  return known ? plain : undefined;
}
