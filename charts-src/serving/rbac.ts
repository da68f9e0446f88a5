import type { Construct } from 'constructs';
import type { ServingConfig } from '../../definitions/config/serving';
import { servingPermissions } from '../../definitions/permissions/serving';
import { addBoundClusterRole, addBoundRole, rulesOf } from '../kubernetes/bound-roles';
import { addControllerAccount, addMetricsAccess } from '../kubernetes/controller-account';
import { servingNames as names } from './names';
import type { ServingOptions } from './options';

/** ServiceAccount, roles and bindings: exactly what the controller's permissions say. */
export function addRbac(scope: Construct, { namespace, metrics }: ServingOptions, config: ServingConfig): void {
  const permissions = servingPermissions(config);
  const account = { name: names.serviceAccount, namespace };
  addControllerAccount(scope, account);
  addBoundClusterRole(scope, {
    role: names.managerRole,
    binding: names.managerRoleBinding,
    account,
    rules: rulesOf(permissions, 'cluster'),
  });
  addBoundRole(scope, namespace, {
    role: names.ownRole,
    binding: names.ownRoleBinding,
    account,
    rules: rulesOf(permissions, 'own-namespace'),
  });
  addMetricsAccess(scope, names, account, metrics);
}
