import type { Permission } from './permission';

/**
 * Permissions to hold a Lease of the given name. `create` cannot be limited to a name (the API server does not know the
 * name when it authorizes a create), so it stands alone.
 */
export function leaderElectionPermissions(leaseName: string): readonly Permission[] {
  return [
    {
      group: 'coordination.k8s.io',
      resource: 'leases',
      verbs: ['create'],
      scope: 'own-namespace',
      reason: 'create the leader election lease on first start',
    },
    {
      group: 'coordination.k8s.io',
      resource: 'leases',
      verbs: ['get', 'update'],
      resourceNames: [leaseName],
      scope: 'own-namespace',
      reason: 'acquire, renew and release the leader election lease',
    },
  ];
}
