import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { watching, type Watch } from '../runtime/controller';
import type { Store } from '../runtime/store';
import { ownersOf } from './owners';
import type { ServingStores } from './serving-stores';

/** Changes of children wake the InferenceService that controls them, or did. */
export function childWatches(stores: ServingStores): readonly Watch[] {
  const { deployments, services, autoscalers, ingresses, routes } = stores;
  return [
    ...[deployments, services, routes].map(({ store }) => watching(store, ownersOf)),
    // Their status changes for as long as they live, an autoscaler's every 15 seconds, and the stores don't have it.
    ...[autoscalers, ingresses].map(({ store }) => watchingContent(store)),
  ];
}

/** Watches a store for changes of more than the version. */
function watchingContent(store: Store<KubernetesObject>): Watch {
  return {
    store,
    subscribe: (enqueue) =>
      store.subscribe({
        added: (child, initial) => enqueue(ownersOf(child), initial ? 'initial' : 'live'),
        updated: (child, previous) => {
          if (!isSameContent(child, previous)) enqueue(new Set([...ownersOf(previous), ...ownersOf(child)]), 'live');
        },
        deleted: (child) => enqueue(ownersOf(child), 'live'),
      }),
  };
}

function isSameContent(one: KubernetesObject, other: KubernetesObject): boolean {
  return isDeepStrictEqual(withoutVersion(one), withoutVersion(other));
}

function withoutVersion({ metadata, ...content }: KubernetesObject): object {
  const { resourceVersion: _version, ...rest } = metadata;
  return { ...content, metadata: rest };
}
