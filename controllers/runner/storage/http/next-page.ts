import type { Pagination } from '../../../../definitions/inference/storage/http';
import { valueAt, type JsonPath } from '../../json-path';
import type { JsonValue } from '../../json';

/** A page that was read. */
export interface ReadPage {
  readonly url: string;
  readonly items: number;
  /** Header `Link` of the answer. */
  readonly link: string | undefined;
  /** The answer as JSON, where its cursor is wanted. */
  readonly document?: JsonValue;
}

/** The next page can't be asked for. */
export class NoNextPage extends Error {}

/** Address of the first page. */
export function firstPage(url: string, { type, param, sizeParam, size = 1000 }: Pagination): string {
  switch (type) {
    case 'none':
    case 'link':
      return url;
    case 'cursor':
      return sizeParam === undefined ? url : withParameter(url, sizeParam, size);
    case 'offset':
      return withParameter(withParameter(url, param ?? 'offset', 0), sizeParam ?? 'limit', size);
    case 'page':
      return withParameter(withParameter(url, param ?? 'page', 1), sizeParam ?? 'size', size);
  }
}

/**
 * Address of the page behind one that was read; undefined at the end.
 *
 * @throws NoNextPage for one at another server, which must not get our credentials, and for one that does not go forward
 */
export function nextPage(page: ReadPage, { type, param, size = 1000 }: Pagination, next: JsonPath): string | undefined {
  const { url, items, link, document } = page;
  switch (type) {
    case 'none':
      return undefined;
    case 'link': {
      const target = nextLink(link);
      return target === undefined ? undefined : sameServer(url, target);
    }
    case 'cursor': {
      const cursor = document === undefined ? undefined : valueAt(document, next);
      if (cursor === undefined || cursor === null || cursor === '') return undefined;
      if (typeof cursor === 'object' || typeof cursor === 'boolean') throw new NoNextPage('the cursor is no text');
      const text = String(cursor);
      const isAddress = param === undefined && /^(https?:\/)?\//.test(text);
      return isAddress ? sameServer(url, text) : forward(url, withParameter(url, param ?? 'cursor', text));
    }
    // A page that is not full may still be followed by one: some servers have a limit of their own.
    case 'offset':
      return items === 0 ? undefined : withParameter(url, param ?? 'offset', numberIn(url, param ?? 'offset') + items);
    case 'page':
      return items < size ? undefined : withParameter(url, param ?? 'page', numberIn(url, param ?? 'page') + 1);
  }
}

function withParameter(url: string, name: string, value: string | number): string {
  const changed = new URL(url);
  changed.searchParams.set(name, String(value));
  return changed.href;
}

function numberIn(url: string, name: string): number {
  return Number(new URL(url).searchParams.get(name));
}

function sameServer(url: string, target: string): string {
  const next = URL.parse(target, url);
  if (next === null) throw new NoNextPage('the address of the next page is none');
  if (next.origin !== new URL(url).origin) throw new NoNextPage(`the next page is at another server, ${next.origin}`);
  return forward(url, next.href);
}

function forward(url: string, next: string): string {
  if (next === new URL(url).href) throw new NoNextPage('the next page is the same again');
  return next;
}

/** `Link: <https://server/items?page=2>; rel="next", <...>; rel="last"`. */
function nextLink(header: string | undefined): string | undefined {
  for (const [, target, parameters = ''] of (header ?? '').matchAll(/<([^>]*)>((?:\s*;\s*[^,;"]+(?:"[^"]*")?)*)/g)) {
    if (/;\s*rel\s*=\s*"?(?:[^";]*\s)?next(?:\s[^";]*)?"?\s*(?:;|$)/i.test(parameters)) return target;
  }
  return undefined;
}
