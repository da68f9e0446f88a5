import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { uiNames } from './names';
import type { RegistryUiOptions } from './options';

const read = ['get', 'list', 'watch'];
const services = { apiGroups: [''], resources: ['services'], verbs: read };

/** ServiceAccount of the UI, and what it may read: it asks the API server what its users may do, then acts for them. */
export function addRbac(
  scope: Construct,
  { namespace, namePrefix, exposure, registryNamespaces }: RegistryUiOptions,
): void {
  const subjects = [{ kind: 'ServiceAccount', name: uiNames.serviceAccount, namespace }];
  const roleRef = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
  const clusterRole = (suffix: string, rule: k8s.PolicyRule) => {
    const name = `${namePrefix}model-registry-${suffix}`;
    new k8s.KubeClusterRole(scope, suffix, { metadata: { name }, rules: [rule] });
    new k8s.KubeClusterRoleBinding(scope, `${suffix} binding`, {
      metadata: { name: `${name}-binding` },
      roleRef: roleRef('ClusterRole', name),
      subjects,
    });
  };
  new k8s.KubeServiceAccount(scope, 'ServiceAccount', {
    metadata: { name: uiNames.serviceAccount, namespace },
    automountServiceAccountToken: false,
  });
  clusterRole('create-sars', {
    apiGroups: ['authorization.k8s.io'],
    resources: ['subjectaccessreviews'],
    verbs: ['create'],
  });
  if (exposure.mode === 'standalone') {
    clusterRole('ui-namespaces-reader', { apiGroups: [''], resources: ['namespaces'], verbs: read });
  }
  if (registryNamespaces === undefined) {
    clusterRole('retrieve-clusterrolebindings', {
      apiGroups: ['rbac.authorization.k8s.io'],
      resources: ['clusterrolebindings'],
      verbs: read,
    });
    clusterRole('ui-services-reader', services);
    return;
  }
  for (const where of registryNamespaces) {
    const name = 'model-registry-ui-services-reader';
    new k8s.KubeRole(scope, `Role ${where}`, { metadata: { name, namespace: where }, rules: [services] });
    new k8s.KubeRoleBinding(scope, `RoleBinding ${where}`, {
      metadata: { name: `${name}-binding`, namespace: where },
      roleRef: roleRef('Role', name),
      subjects,
    });
  }
}
