import type {
  CoreV1Event,
  V1ConfigMap,
  V1Deployment,
  V1Ingress,
  V1Lease,
  V1Pod,
  V1Secret,
  V1Service,
  V1ServiceAccount,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import type { ApiResource, KubernetesObject } from './api-resource';

/** A typed object of a core kind, as stored: metadata is present and times are strings. */
export type Stored<T> = Omit<T, 'metadata'> & KubernetesObject;

/** Core kinds that our controllers read or write. */
export const services: ApiResource<Stored<V1Service>> = {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  scope: 'Namespaced',
};

export const leases: ApiResource<Stored<V1Lease>> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  scope: 'Namespaced',
};

/** The events.k8s.io form is what new clients write; `kubectl get events` shows both. */
export const events: ApiResource<Stored<CoreV1Event>> = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  scope: 'Namespaced',
};

export const deployments: ApiResource<Stored<V1Deployment>> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  scope: 'Namespaced',
};

export const horizontalPodAutoscalers: ApiResource<Stored<V2HorizontalPodAutoscaler>> = {
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  scope: 'Namespaced',
};

export const ingresses: ApiResource<Stored<V1Ingress>> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  scope: 'Namespaced',
};

export const configMaps: ApiResource<Stored<V1ConfigMap>> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  scope: 'Namespaced',
};

export const pods: ApiResource<Stored<V1Pod>> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  scope: 'Namespaced',
};

export const secrets: ApiResource<Stored<V1Secret>> = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  scope: 'Namespaced',
};

export const serviceAccounts: ApiResource<Stored<V1ServiceAccount>> = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  scope: 'Namespaced',
};
