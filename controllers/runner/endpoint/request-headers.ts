import type { Dispatcher } from 'undici';

/** Fields of a request, names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | string[]>>;

/** Fields in one of the forms that undici takes, in the form that we work with. */
export function requestHeaders(headers: Dispatcher.DispatchOptions['headers']): RequestHeaders {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of pairsOf(headers)) {
    if (value !== undefined) fields[name.toLowerCase()] = typeof value === 'number' ? String(value) : value;
  }
  return fields;
}

function* pairsOf(
  headers: Dispatcher.DispatchOptions['headers'],
): Iterable<readonly [name: string, value: string | number | string[] | undefined]> {
  if (headers === undefined || headers === null) return;
  if (Array.isArray(headers)) {
    for (let index = 0; index + 1 < headers.length; index += 2) yield [headers[index] ?? '', headers[index + 1]];
  } else if (Symbol.iterator in headers) {
    for (const [name, value] of headers) yield [name, value];
  } else {
    yield* Object.entries(headers);
  }
}
