import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Permission } from '../../definitions/permissions/permission';
import { registrySyncPermissions } from '../../definitions/permissions/registry-sync';
import type { RegistrySyncNames } from './names';

/** ServiceAccount, roles and bindings: exactly what the controller's permissions say. */
export function addRbac(scope: Construct, names: RegistrySyncNames, namespace: string): void {
  const subjects = [{ kind: 'ServiceAccount', name: names.serviceAccount, namespace }];
  const roleRef = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
  new k8s.KubeServiceAccount(scope, 'ServiceAccount', {
    metadata: { name: names.serviceAccount, namespace },
    automountServiceAccountToken: false,
  });
  new k8s.KubeClusterRole(scope, 'ManagerRole', {
    metadata: { name: names.managerRole },
    rules: rulesOf('cluster'),
  });
  new k8s.KubeClusterRoleBinding(scope, 'ManagerRoleBinding', {
    metadata: { name: names.managerRoleBinding },
    roleRef: roleRef('ClusterRole', names.managerRole),
    subjects,
  });
  new k8s.KubeRole(scope, 'LeaderElectionRole', {
    metadata: { name: names.leaderElectionRole, namespace },
    rules: rulesOf('own-namespace'),
  });
  new k8s.KubeRoleBinding(scope, 'LeaderElectionRoleBinding', {
    metadata: { name: names.leaderElectionRoleBinding, namespace },
    roleRef: roleRef('Role', names.leaderElectionRole),
    subjects,
  });
}

function rulesOf(scope: Permission['scope']): k8s.PolicyRule[] {
  return registrySyncPermissions
    .filter((permission) => permission.scope === scope)
    .map(({ group, resource, verbs, resourceNames }) => ({
      apiGroups: [group],
      resources: [resource],
      verbs: [...verbs],
      ...(resourceNames === undefined ? {} : { resourceNames: [...resourceNames] }),
    }));
}
