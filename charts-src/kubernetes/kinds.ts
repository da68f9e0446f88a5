import type { Manifest } from './manifest';

/**
 * Every kind that a chart may render and where it lives, in the order in which it has to be there: a kind stands behind
 * the kinds it needs. This one table decides the order of objects in a file and whether an object has a namespace.
 */
const kinds = [
  ['', 'Namespace', 'Cluster'],
  ['scheduling.k8s.io', 'PriorityClass', 'Cluster'],
  ['apiextensions.k8s.io', 'CustomResourceDefinition', 'Cluster'],
  ['networking.k8s.io', 'NetworkPolicy', 'Namespaced'],
  ['', 'ServiceAccount', 'Namespaced'],
  ['rbac.authorization.k8s.io', 'ClusterRole', 'Cluster'],
  ['rbac.authorization.k8s.io', 'Role', 'Namespaced'],
  ['rbac.authorization.k8s.io', 'ClusterRoleBinding', 'Cluster'],
  ['rbac.authorization.k8s.io', 'RoleBinding', 'Namespaced'],
  ['external-secrets.io', 'ExternalSecret', 'Namespaced'],
  ['bitnami.com', 'SealedSecret', 'Namespaced'],
  ['cert-manager.io', 'Issuer', 'Namespaced'],
  ['cert-manager.io', 'Certificate', 'Namespaced'],
  ['', 'ConfigMap', 'Namespaced'],
  ['', 'PersistentVolumeClaim', 'Namespaced'],
  ['batch', 'Job', 'Namespaced'],
  ['', 'Service', 'Namespaced'],
  ['policy', 'PodDisruptionBudget', 'Namespaced'],
  ['apps', 'StatefulSet', 'Namespaced'],
  ['apps', 'Deployment', 'Namespaced'],
  ['admissionregistration.k8s.io', 'ValidatingAdmissionPolicy', 'Cluster'],
  ['admissionregistration.k8s.io', 'ValidatingAdmissionPolicyBinding', 'Cluster'],
  ['admissionregistration.k8s.io', 'MutatingWebhookConfiguration', 'Cluster'],
  ['admissionregistration.k8s.io', 'ValidatingWebhookConfiguration', 'Cluster'],
  ['serving.kserve.io', 'ClusterStorageContainer', 'Cluster'],
  ['serving.kserve.io', 'ClusterServingRuntime', 'Cluster'],
  ['serving.kserve.io', 'ServingRuntime', 'Namespaced'],
  ['serving.kserve.io', 'InferenceService', 'Namespaced'],
  ['finops.krateo.io', 'Notebook', 'Namespaced'],
  ['ai.krateo.io', 'InferenceConfig', 'Namespaced'],
  ['ai.krateo.io', 'InferenceRun', 'Namespaced'],
  ['networking.istio.io', 'DestinationRule', 'Namespaced'],
  ['networking.istio.io', 'VirtualService', 'Namespaced'],
  ['security.istio.io', 'AuthorizationPolicy', 'Namespaced'],
  ['monitoring.coreos.com', 'ServiceMonitor', 'Namespaced'],
  ['monitoring.coreos.com', 'PodMonitor', 'Namespaced'],
  ['monitoring.coreos.com', 'PrometheusRule', 'Namespaced'],
  ['source.toolkit.fluxcd.io', 'GitRepository', 'Namespaced'],
  ['source.toolkit.fluxcd.io', 'OCIRepository', 'Namespaced'],
  ['kustomize.toolkit.fluxcd.io', 'Kustomization', 'Namespaced'],
  ['argoproj.io', 'AppProject', 'Namespaced'],
  ['argoproj.io', 'ApplicationSet', 'Namespaced'],
  ['argoproj.io', 'Application', 'Namespaced'],
] as const satisfies readonly (readonly [group: string, kind: string, scope: 'Cluster' | 'Namespaced'])[];

interface KindFacts {
  /** Place in the order of installation, 0 first. */
  readonly rank: number;
  readonly scope: 'Cluster' | 'Namespaced';
}

const facts = new Map<string, KindFacts>(
  kinds.map(([group, kind, scope], rank) => [`${group}/${kind}`, { rank, scope }]),
);

/** API group of an object, `''` for the core group. */
export function groupOf({ apiVersion }: Pick<Manifest, 'apiVersion'>): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/**
 * What is known of an object's kind.
 *
 * @throws when the table does not have it
 */
export function kindFacts(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): KindFacts {
  const found = facts.get(`${groupOf(manifest)}/${manifest.kind}`);
  if (found !== undefined) return found;
  const kind = `${manifest.kind} of ${manifest.apiVersion}`;
  throw new Error(`rendering ${kind}: unknown kind: add it with its scope to charts-src/kubernetes/kinds.ts`);
}
