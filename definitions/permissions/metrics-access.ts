import type { Permission } from './permission';

/** Permissions to ask the API server who scrapes the metrics and whether they may. */
export const metricsAccessPermissions: readonly Permission[] = [
  {
    group: 'authentication.k8s.io',
    resource: 'tokenreviews',
    verbs: ['create'],
    scope: 'cluster',
    reason: 'learn who a token belongs to that asks for metrics',
  },
  {
    group: 'authorization.k8s.io',
    resource: 'subjectaccessreviews',
    verbs: ['create'],
    scope: 'cluster',
    reason: 'learn whether they may get /metrics',
  },
];
