import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { ServingConfig } from '../../definitions/config/serving';
import { metricsPath } from '../../definitions/names/controller';
import { metricsAccessPermissions } from '../../definitions/permissions/metrics-access';
import { servingPermissions } from '../../definitions/permissions/serving';
import { addBoundClusterRole, addBoundRole, rulesOf } from '../kubernetes/bound-roles';
import { servingNames as names } from './names';
import type { ServingOptions } from './options';

/** ServiceAccount, roles and bindings: exactly what the controller's permissions say. */
export function addRbac(scope: Construct, { namespace, metrics }: ServingOptions, config: ServingConfig): void {
  const permissions = servingPermissions(config);
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
    role: names.ownRole,
    binding: names.ownRoleBinding,
    account,
    rules: rulesOf(permissions, 'own-namespace'),
  });
  if (metrics !== 'https') return;
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
