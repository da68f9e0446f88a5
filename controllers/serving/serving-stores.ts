import type {
  V1ConfigMap,
  V1Deployment,
  V1Ingress,
  V1Pod,
  V1Service,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import type { ApiResource, KubernetesObject } from '../../definitions/kubernetes/api-resource';
import {
  configMaps,
  deployments,
  horizontalPodAutoscalers,
  ingresses,
  pods,
  services,
  type Stored,
} from '../../definitions/kubernetes/core-resources';
import { httpRoutes, type HttpRoute } from '../../definitions/kubernetes/gateway-resources';
import { inferenceServiceLabel, servingConfigMap } from '../../definitions/names/serving';
import { clusterServingRuntimes, type ClusterServingRuntime } from '../../definitions/serving/cluster-serving-runtime';
import {
  clusterStorageContainers,
  type ClusterStorageContainer,
} from '../../definitions/serving/cluster-storage-container';
import { inferenceServices, type InferenceService } from '../../definitions/serving/inference-service';
import { servingRuntimes, type ServingRuntime } from '../../definitions/serving/serving-runtime';
import type { Selection } from '../runtime/client';
import type { Manager, StoreOptions } from '../runtime/manager';
import type { Store } from '../runtime/store';
import type { StoreIndex } from '../runtime/store-index';
import { ownersOf } from './owners';
import { slimIngress, withoutForeignContent, withoutStatus } from './slim-children';
import type { ComponentPod } from './status/component-pods';

/** A kind of children, as last seen. */
export interface ChildStore<T extends KubernetesObject> {
  readonly resource: ApiResource<T>;
  readonly store: Store<T>;
  /** By the key of the InferenceService that controls them, whatever its uid. */
  readonly byOwner: StoreIndex<T>;
}

/** Everything that the serving controller watches. */
export interface ServingStores {
  readonly inferenceServices: Store<InferenceService>;
  readonly servingRuntimes: Store<ServingRuntime>;
  readonly clusterServingRuntimes: Store<ClusterServingRuntime>;
  readonly storageContainers: Store<ClusterStorageContainer>;
  readonly configMap: Store<Stored<V1ConfigMap>>;
  readonly deployments: ChildStore<Stored<V1Deployment>>;
  readonly services: ChildStore<Stored<V1Service>>;
  readonly autoscalers: ChildStore<Stored<V2HorizontalPodAutoscaler>>;
  readonly ingresses: ChildStore<Stored<V1Ingress>>;
  /** Empty where the Gateway API is not installed. */
  readonly routes: ChildStore<HttpRoute>;
  readonly pods: Store<ComponentPod>;
  /** By the key of their InferenceService. */
  readonly podsByService: StoreIndex<ComponentPod>;
}

/**
 * Asks the manager for the stores.
 *
 * Children and pods are watched by the label that all of ours carry; Ingresses and HTTPRoutes have the labels of users only, as upstream
 * makes them, and are watched whole.
 *
 * @param namespace of the controller, where its settings are
 */
export function servingStores(manager: Manager, namespace: string): ServingStores {
  const labelled = { labelSelector: inferenceServiceLabel };
  const children = <T extends KubernetesObject>(
    resource: ApiResource<T>,
    selection: Selection = {},
    options: StoreOptions<T> = {},
  ) => {
    const store = manager.store<T>(resource, selection, options);
    return { resource, store, byOwner: store.index('InferenceService', ownersOf) };
  };
  const podStore = manager.store<Stored<V1Pod>>(pods, labelled, { slim: withoutSpec });
  return {
    inferenceServices: manager.store(inferenceServices),
    servingRuntimes: manager.store(servingRuntimes),
    clusterServingRuntimes: manager.store(clusterServingRuntimes),
    storageContainers: manager.store(clusterStorageContainers),
    configMap: manager.store(configMaps, { namespace, fieldSelector: `metadata.name=${servingConfigMap}` }),
    deployments: children(deployments, labelled),
    services: children(services, labelled),
    autoscalers: children(horizontalPodAutoscalers, labelled, { slim: withoutStatus }),
    ingresses: children(ingresses, {}, { slim: slimIngress }),
    routes: children(httpRoutes, {}, { optional: true, slim: withoutForeignContent }),
    pods: podStore,
    podsByService: podStore.index('InferenceService', ({ metadata: { namespace: where, labels } }) => {
      const name = labels?.[inferenceServiceLabel] ?? '';
      return name === '' ? [] : [`${where ?? ''}/${name}`];
    }),
  };
}

/** Most of a pod, and nothing of it is read. */
function withoutSpec(pod: Stored<V1Pod>): void {
  Reflect.deleteProperty(pod, 'spec');
}
