import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { metricsPath, type metricsPorts } from '../../definitions/names/controller';
import { metricsAccessPermissions } from '../../definitions/permissions/metrics-access';
import { addBoundClusterRole, rulesOf } from './bound-roles';

/** An account as bindings name it. */
export interface Account {
  readonly name: string;
  readonly namespace: string;
}

/** Names of the objects by which metrics are served to those who may read them. */
export interface MetricsAccessNames {
  readonly metricsAuthRole: string;
  readonly metricsAuthRoleBinding: string;
  /** For whoever scrapes: bound to nobody here. */
  readonly metricsReader: string;
}

/** The account of a controller: its pods ask for the token, others that run under it don't get one. */
export function addControllerAccount(
  scope: Construct,
  account: Account,
  annotations: Readonly<Record<string, string>> = {},
): void {
  new k8s.KubeServiceAccount(scope, 'ServiceAccount', {
    metadata: { ...account, ...(Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } }) },
    automountServiceAccountToken: false,
  });
}

/** What a controller needs to serve metrics over HTTPS, and a role for those who read them; nothing over plain HTTP. */
export function addMetricsAccess(
  scope: Construct,
  names: MetricsAccessNames,
  account: Account,
  metrics: keyof typeof metricsPorts,
): void {
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
