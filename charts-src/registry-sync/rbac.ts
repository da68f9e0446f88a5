import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { metricsPath } from '../../definitions/names/controller';
import { metricsAccessPermissions } from '../../definitions/permissions/metrics-access';
import type { Permission } from '../../definitions/permissions/permission';
import { registrySyncPermissions } from '../../definitions/permissions/registry-sync';
import type { RegistrySyncNames } from './names';
import type { RegistrySyncOptions } from './options';

/** ServiceAccount, roles and bindings: exactly what the controller's permissions say. */
export function addRbac(
  scope: Construct,
  names: RegistrySyncNames,
  { namespace, metrics, settings }: RegistrySyncOptions,
): void {
  const permissions = registrySyncPermissions(settings);
  const subjects = [{ kind: 'ServiceAccount', name: names.serviceAccount, namespace }];
  const roleRef = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
  const boundRole = (where: string, role: string, binding: string, rules: k8s.PolicyRule[]) => {
    new k8s.KubeRole(scope, `Role ${where} ${role}`, { metadata: { name: role, namespace: where }, rules });
    new k8s.KubeRoleBinding(scope, `RoleBinding ${where} ${role}`, {
      metadata: { name: binding, namespace: where },
      roleRef: roleRef('Role', role),
      subjects,
    });
  };
  const boundClusterRole = (role: string, binding: string, rules: k8s.PolicyRule[]) => {
    new k8s.KubeClusterRole(scope, `ClusterRole ${role}`, { metadata: { name: role }, rules });
    new k8s.KubeClusterRoleBinding(scope, `ClusterRoleBinding ${role}`, {
      metadata: { name: binding },
      roleRef: roleRef('ClusterRole', role),
      subjects,
    });
  };

  new k8s.KubeServiceAccount(scope, 'ServiceAccount', {
    metadata: { name: names.serviceAccount, namespace },
    automountServiceAccountToken: false,
  });
  boundClusterRole(names.managerRole, names.managerRoleBinding, rulesOf(permissions, 'cluster'));
  boundRole(
    namespace,
    names.leaderElectionRole,
    names.leaderElectionRoleBinding,
    rulesOf(permissions, 'own-namespace'),
  );
  for (const where of settings.allowedRegistryNamespaces) {
    boundRole(where, names.registryReader, names.registryReader, rulesOf(permissions, 'registry-namespaces'));
  }
  if (metrics === 'https') {
    boundClusterRole(names.metricsAuthRole, names.metricsAuthRoleBinding, rulesOf(metricsAccessPermissions, 'cluster'));
    new k8s.KubeClusterRole(scope, 'MetricsReader', {
      metadata: { name: names.metricsReader },
      rules: [{ nonResourceUrLs: [metricsPath], verbs: ['get'] }],
    });
  }
}

function rulesOf(permissions: readonly Permission[], scope: Permission['scope']): k8s.PolicyRule[] {
  return permissions
    .filter((permission) => permission.scope === scope)
    .map(({ group, resource, verbs, resourceNames }) => ({
      apiGroups: [group],
      resources: [resource],
      verbs: [...verbs],
      ...(resourceNames === undefined ? {} : { resourceNames: [...resourceNames] }),
    }));
}
