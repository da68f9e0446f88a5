import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { ApiError } from './api-error';
import type { ListPage } from './client';
import type { WatchEvent } from './watch-event';

/** Where a reflector is. */
export type ReflectorState<T extends KubernetesObject> =
  /** Nothing is known, or what is known is too old to go on from: list from the start. */
  | { readonly phase: 'Empty' }
  /** Pages have come, more are to come. The store keeps what it had until the last one is here. */
  | { readonly phase: 'Listing'; readonly continue: string; readonly objects: readonly T[] }
  /** The store is right as of this version: open a watch from it. */
  | { readonly phase: 'Listed'; readonly resourceVersion: string }
  /** A watch is open, everything up to this version is in the store. */
  | { readonly phase: 'Watching'; readonly resourceVersion: string };

/** What has happened to a reflector since its last step. */
export type Happening<T extends KubernetesObject> =
  | { readonly type: 'page'; readonly page: ListPage<T> }
  | { readonly type: 'opened' }
  | { readonly type: 'event'; readonly event: WatchEvent<T> }
  /** The server ended the watch in good order. `early`: at once and without an event, which no healthy server does. */
  | { readonly type: 'closed'; readonly early: boolean }
  /** Neither event nor bookmark for longer than bookmarks are apart: the other end is gone and nobody told us. */
  | { readonly type: 'idle' }
  | { readonly type: 'failed'; readonly error: unknown };

/** What to do to the store. */
export type StoreChange<T extends KubernetesObject> =
  | { readonly type: 'replace'; readonly objects: readonly T[] }
  | { readonly type: 'upsert'; readonly object: T }
  | { readonly type: 'remove'; readonly object: T };

/** Why a watch is over. */
export type WatchEnd = 'closed' | 'idle' | 'expired' | 'error';

/** Outcome of a step. */
export interface Step<T extends KubernetesObject> {
  readonly state: ReflectorState<T>;
  readonly change?: StoreChange<T>;
  /** Set when waiting comes before the next step, with the reason. */
  readonly failure?: unknown;
  /** Set when a watch is over. */
  readonly watchEnd?: WatchEnd;
}

/**
 * Decides what a happening means. Pure: the reflector acts on the outcome.
 *
 * A watch that ended for whatever reason but "too old" is resumed from the last version seen; only 410 leads to a new
 * list, also for a kind that has vanished, since its next list will say what is left. Every failure waits; a watch the
 * server ended in good order does not, since each second without one is a second blind.
 */
export function step<T extends KubernetesObject>(state: ReflectorState<T>, happening: Happening<T>): Step<T> {
  switch (happening.type) {
    case 'page':
      return listed(state, happening.page);
    case 'opened':
      return state.phase === 'Listed' ? { state: { ...state, phase: 'Watching' } } : { state };
    case 'event':
      return state.phase === 'Watching' ? observed(state, happening.event) : { state };
    case 'closed':
      return {
        ...resumed(state, 'closed'),
        ...(happening.early ? { failure: new Error('watch was closed at once') } : {}),
      };
    case 'idle':
      return resumed(state, 'idle');
    case 'failed':
      return failed(state, happening.error);
  }
}

function listed<T extends KubernetesObject>(state: ReflectorState<T>, page: ListPage<T>): Step<T> {
  const objects = state.phase === 'Listing' ? [...state.objects, ...page.items] : page.items;
  const { continue: next, resourceVersion } = page.metadata;
  if (next !== undefined && next !== '') return { state: { phase: 'Listing', continue: next, objects } };
  if (resourceVersion === undefined) return failed(state, new Error('list without resource version'));
  return { state: { phase: 'Listed', resourceVersion }, change: { type: 'replace', objects } };
}

function observed<T extends KubernetesObject>(
  state: Extract<ReflectorState<T>, { phase: 'Watching' }>,
  event: WatchEvent<T>,
): Step<T> {
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED': {
      const { object } = event;
      const resourceVersion = object.metadata.resourceVersion ?? state.resourceVersion;
      const type = event.type === 'DELETED' ? 'remove' : 'upsert';
      return { state: { phase: 'Watching', resourceVersion }, change: { type, object } };
    }
    case 'BOOKMARK':
      return { state: { phase: 'Watching', resourceVersion: event.resourceVersion } };
    case 'ERROR':
      return failed(state, new ApiError('watch', event.status));
  }
}

function failed<T extends KubernetesObject>(state: ReflectorState<T>, failure: unknown): Step<T> {
  const expired = failure instanceof ApiError && failure.isExpired;
  const vanished = failure instanceof ApiError && failure.status === 404;
  switch (state.phase) {
    case 'Empty':
      return { state, failure };
    case 'Listing':
      // A page that failed is asked for again: its token is good for minutes.
      return { state: expired || vanished ? { phase: 'Empty' } : state, failure };
    case 'Listed':
    case 'Watching': {
      if (expired || vanished) return { state: { phase: 'Empty' }, failure, watchEnd: expired ? 'expired' : 'error' };
      return { ...resumed(state, 'error'), failure };
    }
  }
}

function resumed<T extends KubernetesObject>(state: ReflectorState<T>, watchEnd: WatchEnd): Step<T> {
  if (state.phase !== 'Watching' && state.phase !== 'Listed') return { state };
  return { state: { phase: 'Listed', resourceVersion: state.resourceVersion }, watchEnd };
}
