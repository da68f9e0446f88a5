import type { Construct } from 'constructs';
import { registrySyncPermissions } from '../../definitions/permissions/registry-sync';
import { addBoundClusterRole, addBoundRole, rulesOf } from '../kubernetes/bound-roles';
import { addControllerAccount, addMetricsAccess } from '../kubernetes/controller-account';
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
  addControllerAccount(scope, account);
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
  addMetricsAccess(scope, names, account, metrics);
}
