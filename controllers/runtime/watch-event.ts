import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { parseStatus, type ApiStatus } from './api-error';

/** One line of a watch. */
export type WatchEvent<T extends KubernetesObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  /** Everything up to this resource version has been sent. */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }
  /** The watch is over; the cause is most often 410, the resource version being too old. */
  | { readonly type: 'ERROR'; readonly status: ApiStatus };

/**
 * Reads one line of a watch. Objects of the watched kind are validated by the API server and not parsed again; that the
 * line is an event with a named object is checked.
 *
 * @throws Error when the line is something else
 */
export function parseWatchEvent<T extends KubernetesObject>(line: unknown): WatchEvent<T> {
  const type: unknown = member(line, 'type');
  const object: unknown = member(line, 'object');
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      if (typeof member(member(object, 'metadata'), 'name') !== 'string')
        throw new Error(`watch event ${type} without object`);
      return { type, object: object as T };
    case 'BOOKMARK': {
      const resourceVersion = member(member(object, 'metadata'), 'resourceVersion');
      if (typeof resourceVersion !== 'string') throw new Error('watch event BOOKMARK without resource version');
      return { type, resourceVersion };
    }
    case 'ERROR':
      return { type, status: parseStatus(object, 500) ?? { code: 500, message: 'watch event ERROR without status' } };
    default:
      throw new Error(`watch event of unknown type ${JSON.stringify(type)}`);
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
