import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { metricsPath } from '../../definitions/names/controller';
import { metricsAccessPermissions } from '../../definitions/permissions/metrics-access';
import { registrySyncPermissions } from '../../definitions/permissions/registry-sync';
import { addBoundClusterRole, addBoundRole, rulesOf } from '../kubernetes/bound-roles';
import type { RegistrySyncNames } from './names';
import type { RegistrySyncOptions } from './options';

/** ServiceAccount, roles and bindings: exactly what the controller's permissions say. */
export function addRbac(
  scope: Construct,
  names: RegistrySyncNames,
  { namespace, metrics, settings }: RegistrySyncOptions,
): void {
  const permissions = registrySyncPermissions(settings);
  const account = { name: names.serviceAccount, namespace };

  new k8s.KubeServiceAccount(scope, 'ServiceAccount', {
    metadata: { ...account },
    automountServiceAccountToken: false,
  });
  addBoundClusterRole(scope, {
    role: names.managerRole,
    binding: names.managerRoleBinding,
    account,
    rules: rulesOf(permissions, 'cluster'),
  });
  addBoundRole(scope, namespace, {
    role: names.leaderElectionRole,
    binding: names.leaderElectionRoleBinding,
    account,
    rules: rulesOf(permissions, 'own-namespace'),
  });
  for (const where of settings.allowedRegistryNamespaces) {
    addBoundRole(scope, where, {
      role: names.registryReader,
      binding: names.registryReader,
      account,
      rules: rulesOf(permissions, 'registry-namespaces'),
    });
  }
  if (metrics === 'https') {
    addBoundClusterRole(scope, {
      role: names.metricsAuthRole,
      binding: names.metricsAuthRoleBinding,
      account,
      rules: rulesOf(metricsAccessPermissions, 'cluster'),
    });
    new k8s.KubeClusterRole(scope, 'MetricsReader', {
      metadata: { name: names.metricsReader },
      rules: [{ nonResourceUrLs: [metricsPath], verbs: ['get'] }],
    });
  }
}
