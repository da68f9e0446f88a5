import type { CoreV1Event, V1Lease, V1Service } from '@kubernetes/client-node';
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
