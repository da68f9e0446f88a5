import type { RegistrySyncConfig } from '../config/registry-sync';
import type { Permission } from './permission';
import { leaderElectionPermissions } from './leader-election';

/** Lease of the registry sync controller: upstream's leader election id, so that both never work at the same time. */
export const registrySyncLease = 'a7d60e25.kubeflow.org';

/**
 * What registry sync is allowed to do, metrics apart.
 *
 * @param config Services are read in the namespaces where registries are allowed, or everywhere
 */
export const registrySyncPermissions = ({
  allowedRegistryNamespaces,
}: Pick<RegistrySyncConfig, 'allowedRegistryNamespaces'>): readonly Permission[] => [
  {
    group: 'serving.kserve.io',
    resource: 'inferenceservices',
    verbs: ['list', 'watch', 'patch'],
    scope: 'cluster',
    reason: 'follow InferenceServices; write the id label, the bookkeeping annotation and the finalizer',
  },
  {
    group: '',
    resource: 'services',
    verbs: ['get', 'list', 'watch'],
    scope: allowedRegistryNamespaces.length === 0 ? 'cluster' : 'registry-namespaces',
    reason: 'find the Model Registry behind a name or by its label, and notice when one appears',
  },
  {
    group: 'events.k8s.io',
    resource: 'events',
    verbs: ['create', 'patch'],
    scope: 'cluster',
    reason: 'tell users on their InferenceService what happened',
  },
  ...leaderElectionPermissions(registrySyncLease),
];
