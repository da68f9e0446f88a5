import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { InferenceRunsConfig } from '../../definitions/config/inference-runs';
import { inferenceRunsPermissions } from '../../definitions/permissions/inference-runs';
import { addBoundClusterRole, addBoundRole, rulesOf } from '../kubernetes/bound-roles';
import { addControllerAccount, addMetricsAccess } from '../kubernetes/controller-account';
import { inferenceRunsNames } from './names';
import type { InferenceRunsOptions } from './options';
import { runnerAccount, runnerNamespaces } from './watched';

/** ServiceAccount, roles and bindings of the controller: exactly what its permissions say. */
export function addRbac(scope: Construct, options: InferenceRunsOptions, config: InferenceRunsConfig): void {
  const { namespace, metrics, serviceAccountAnnotations } = options;
  const names = inferenceRunsNames(options);
  const permissions = inferenceRunsPermissions(config);
  const account = { name: names.serviceAccount, namespace };
  addControllerAccount(scope, account, serviceAccountAnnotations);
  const manager = { role: names.managerRole, binding: names.managerRole, account };
  if (config.watchNamespaces.length === 0) {
    addBoundClusterRole(scope, { ...manager, rules: rulesOf(permissions, 'cluster') });
  }
  for (const where of config.watchNamespaces) {
    addBoundRole(scope, where, { ...manager, rules: rulesOf(permissions, 'watched-namespaces') });
  }
  addBoundRole(scope, namespace, {
    role: names.leaderElectionRole,
    binding: names.leaderElectionRole,
    account,
    rules: rulesOf(permissions, 'own-namespace'),
  });
  addMetricsAccess(scope, names, account, metrics);
}

/** The account that runners run as, in each of their namespaces, and what it may read there: the Secrets that are named, if any. */
export function addRunnerAccounts(scope: Construct, options: InferenceRunsOptions): void {
  const { serviceAccount, secretNames } = options.runners;
  const name = runnerAccount(options);
  if (name === undefined) return;
  const role = inferenceRunsNames(options).runnerRole;
  const readsSecrets = secretNames.length > 0;
  for (const namespace of runnerNamespaces(options)) {
    if (serviceAccount.create) {
      new k8s.KubeServiceAccount(scope, `Runner ${namespace}`, {
        metadata: { name, namespace, annotations: { ...serviceAccount.annotations } },
        // A token that may do nothing is of no use to anybody but a thief.
        automountServiceAccountToken: readsSecrets,
      });
    }
    if (!readsSecrets) continue;
    addBoundRole(scope, namespace, {
      role,
      binding: role,
      account: { name, namespace },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'], resourceNames: [...secretNames] }],
    });
  }
}
