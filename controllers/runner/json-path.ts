import { isList, isRecord, type JsonValue } from './json';

/** Steps from a value to a part of it: names of members, positions in arrays. */
export type JsonPath = readonly (string | number)[];

const step = /\.([^.[\]'"$*?@]+)|\[(\d+)\]|\['((?:[^'\\]|\\['\\])*)'\]|\["((?:[^"\\]|\\["\\])*)"\]/gy;

/**
 * The part of JSONPath that names one place: `$.a.b[0]['c d']`, the `$` may be left out.
 *
 * @returns undefined for a text that is none, or names more than one place
 */
export function parseJsonPath(text: string): JsonPath | undefined {
  const isBare = text !== '' && !text.startsWith('$') && !text.startsWith('[');
  const steps = isBare ? `.${text}` : text.replace(/^\$/, '');
  const path: (string | number)[] = [];
  let end = 0;
  for (const [matched, name, position, single, double] of steps.matchAll(step)) {
    end += matched.length;
    path.push(position === undefined ? (name ?? (single ?? double ?? '').replace(/\\(.)/g, '$1')) : Number(position));
  }
  return end === steps.length && text !== '' ? path : undefined;
}

/** What is at the place; undefined when there is none. */
export function valueAt(value: JsonValue, path: JsonPath): JsonValue | undefined {
  let at: JsonValue | undefined = value;
  for (const one of path) {
    if (typeof one === 'number' && isList(at)) at = at[one];
    else at = isRecord(at) && Object.hasOwn(at, one) ? at[one] : undefined;
  }
  return at;
}
