import type { EntityJson } from './entity-json';
import type { ListJson } from './lists';

/** What a route is given. */
export interface Call {
  /** Value of the path's `{id}`; empty where it has none. */
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

/** A successful answer. */
export interface Reply {
  readonly status: 200 | 201;
  readonly body: EntityJson | ListJson;
}

/** Answers a call. @throws Refusal */
export type Handler = (call: Call) => Reply;

/** Handlers by `METHOD /path`; `{id}`, always the second segment, stands for the one path parameter. */
export type Routes = ReadonlyMap<string, Handler>;

/** What the routes know about a method and a path. */
export type Match =
  | { readonly kind: 'found'; readonly handler: Handler; readonly id: string }
  | { readonly kind: 'method-not-allowed' }
  | { readonly kind: 'not-found' };

/** Finds the handler of a path below the base path; a trailing slash is another path. */
export function matchRoute(routes: Routes, method: string, path: string): Match {
  const [, first = '', id = '', ...rest] = path.split('/');
  const patterns = [path, ...(id === '' ? [] : [`/${[first, '{id}', ...rest].join('/')}`])];
  for (const pattern of patterns) {
    const handler = routes.get(`${method} ${pattern}`);
    if (handler !== undefined) return { kind: 'found', handler, id };
  }
  const known = [...routes.keys()].some((route) => patterns.includes(route.slice(route.indexOf(' ') + 1)));
  return { kind: known ? 'method-not-allowed' : 'not-found' };
}
