/** JSON with whole numbers of any size: those that a double can't hold are bigint. */
export type JsonValue =
  null | boolean | number | bigint | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** A whole number of sixteen digits or more: a shorter one is exact as a double, and so is what `JSON.parse` makes of it. */
const longWhole = /(?:^|[[,:\s-])[1-9]\d{15,}(?:$|[\s,\]}])/;

/** Strings, which are left alone, and the long whole numbers outside of them. */
const stringOrLongWhole = /"(?:[^"\\]|\\.)*"|(?<![\d.])-?[1-9]\d{15,}(?=\s*(?:[,\]}]|$))/g;

/** Stands before a number that was made a string; a private-use character, so that texts hardly ever have it. */
const mark = '\uE000';
const markSomehow = /\uE000|\\u[eE]000/;

/**
 * Parses JSON without losing digits of whole numbers.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): JsonValue {
  if (!longWhole.test(text)) return JSON.parse(text) as JsonValue;
  // A reviver is called with the source of every value: four times slower than numbers as marked strings.
  if (markSomehow.test(text)) return JSON.parse(text, exactNumber) as JsonValue;
  const marked = text.replace(stringOrLongWhole, (found) => (found.startsWith('"') ? found : `"${mark}${found}"`));
  try {
    return unmarked(JSON.parse(marked) as JsonValue);
  } catch {
    // The words of the error quote the text: they are to quote what was written.
    return JSON.parse(text, exactNumber) as JsonValue;
  }
}

function unmarked(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.startsWith(mark) ? exact(value.slice(mark.length)) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(unmarked);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, unmarked(member)]));
}

function exactNumber(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || context?.source === undefined) return value;
  return /^-?[0-9]+$/.test(context.source) ? exact(context.source) : value;
}

function exact(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

/** Writes JSON, bigint as the number it is. Infinite and not-a-number become null, as in `JSON.stringify`. */
export function writeJson(value: JsonValue): string {
  // Most results are a single number.
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  try {
    return JSON.stringify(value);
  } catch (error) {
    // A bigint: `JSON.stringify` knows none. A replacer would be called for every value, and is ten times slower.
    if (error instanceof TypeError) return written(value);
    throw error;
  }
}

function written(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  // Joining numbers is what takes the time: one by one they would take four times as much.
  if (isList(value)) return `[${isNumbers(value) ? value.join(',') : value.map(written).join(',')}]`;
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${written(member)}`);
  return `{${members.join(',')}}`;
}

function isNumbers(list: readonly JsonValue[]): list is readonly (number | bigint)[] {
  return list.every((value) => typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value)));
}

/** `Array.isArray` does not know readonly arrays. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** An object with members. */
export function isRecord(value: JsonValue | undefined): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
