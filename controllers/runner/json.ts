/** JSON with whole numbers of any size: those that a double can't hold are bigint. */
export type JsonValue =
  null | boolean | number | bigint | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** Sixteen digits in a row: a shorter whole number is exact as a double, and so is what `JSON.parse` makes of it. */
const longNumber = /[0-9]{16}/;

const wholeNumber = /^-?[0-9]+$/;

/**
 * Parses JSON without losing digits of whole numbers.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): JsonValue {
  // A reviver makes parsing several times slower: it runs only where it can matter.
  if (!longNumber.test(text)) return JSON.parse(text) as JsonValue;
  return JSON.parse(text, exactNumber) as JsonValue;
}

function exactNumber(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || context?.source === undefined) return value;
  return wholeNumber.test(context.source) ? BigInt(context.source) : value;
}

/** Writes JSON, bigint as the number it is. Infinite and not-a-number become null, as in `JSON.stringify`. */
export function writeJson(value: JsonValue): string {
  return JSON.stringify(value, rawBigInt);
}

function rawBigInt(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? rawJson(value.toString()) : value;
}

/** `JSON.rawJSON` of Node 22 and later, which TypeScript's library doesn't know yet. */
const rawJson = (JSON as JSON & { rawJSON: (this: void, text: string) => unknown }).rawJSON;
