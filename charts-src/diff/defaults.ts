import { groupOf } from '../kubernetes/kinds';
import { isMap, type Json, type JsonMap, type Manifest, mapAt } from '../kubernetes/manifest';
import { changeAt } from './places';
import { below, type Default, podDefaults, podQuantities } from './pod-defaults';
import { withQuantities } from './quantities';

const podTemplate = below('spec.template.spec', podDefaults);
const claim: readonly Default[] = [['', { volumeMode: 'Filesystem' }]];
const roleRef: readonly Default[] = [
  ['roleRef', { apiGroup: 'rbac.authorization.k8s.io' }],
  ['subjects[]', ({ kind }) => ({ apiGroup: kind === 'ServiceAccount' ? '' : 'rbac.authorization.k8s.io' })],
];
const webhooks: readonly Default[] = [
  [
    'webhooks[]',
    { failurePolicy: 'Fail', matchPolicy: 'Equivalent', timeoutSeconds: 10, namespaceSelector: {}, objectSelector: {} },
  ],
  ['webhooks[].rules[]', { scope: '*' }],
  ['webhooks[].clientConfig.service', { port: 443 }],
];

/** What kube-apiserver 1.34 fills in, by group and kind, in this order. */
const defaults: Readonly<Record<string, readonly Default[]>> = {
  'apps/Deployment': [
    ['spec', { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, paused: false, strategy: {} }],
    ['spec.strategy', { type: 'RollingUpdate' }],
    ['spec.strategy', ({ type }) => (type === 'RollingUpdate' ? { rollingUpdate: {} } : {})],
    ['spec.strategy.rollingUpdate', { maxSurge: '25%', maxUnavailable: '25%' }],
    ...podTemplate,
  ],
  'apps/StatefulSet': [
    ['spec', { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady', updateStrategy: {} }],
    ['spec', { persistentVolumeClaimRetentionPolicy: {} }],
    ['spec.persistentVolumeClaimRetentionPolicy', { whenDeleted: 'Retain', whenScaled: 'Retain' }],
    ['spec.updateStrategy', ({ type }) => (type === undefined ? { type: 'RollingUpdate', rollingUpdate: {} } : {})],
    ['spec.updateStrategy.rollingUpdate', { partition: 0 }],
    ['spec.volumeClaimTemplates[]', { apiVersion: 'v1', kind: 'PersistentVolumeClaim', status: { phase: 'Pending' } }],
    ...below('spec.volumeClaimTemplates[].spec', claim),
    ...podTemplate,
  ],
  'apps/DaemonSet': [
    ['spec', { revisionHistoryLimit: 10, updateStrategy: {} }],
    ['spec.updateStrategy', { type: 'RollingUpdate' }],
    ['spec.updateStrategy', ({ type }) => (type === 'RollingUpdate' ? { rollingUpdate: {} } : {})],
    ['spec.updateStrategy.rollingUpdate', { maxSurge: 0, maxUnavailable: 1 }],
    ...podTemplate,
  ],
  'batch/Job': [
    ['spec', ({ completions, parallelism }) => ((completions ?? parallelism) === undefined ? { completions: 1 } : {})],
    ['spec', { parallelism: 1, completionMode: 'NonIndexed', suspend: false, manualSelector: false }],
    ['spec', ({ backoffLimitPerIndex }) => ({ backoffLimit: backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1 })],
    [
      'spec',
      ({ podFailurePolicy }) => ({
        podReplacementPolicy: podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
      }),
    ],
    ...podTemplate,
  ],
  'batch/CronJob': [
    ['spec', { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 }],
    ...below('spec.jobTemplate', podTemplate),
  ],
  '/Service': [
    ['spec', { type: 'ClusterIP', sessionAffinity: 'None' }],
    ['spec', ({ type }) => (type === 'ExternalName' ? {} : { internalTrafficPolicy: 'Cluster' })],
    [
      'spec',
      ({ type }) => (type === 'LoadBalancer' || type === 'NodePort' ? { externalTrafficPolicy: 'Cluster' } : {}),
    ],
    ['spec', ({ type }) => (type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {})],
    ['spec.ports[]', { protocol: 'TCP' }],
    ['spec.ports[]', ({ port = null }) => ({ targetPort: port })],
  ],
  '/PersistentVolumeClaim': below('spec', claim),
  '/PersistentVolume': [['spec', { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }]],
  '/Secret': [['', { type: 'Opaque' }]],
  'networking.k8s.io/NetworkPolicy': [
    ['spec', ({ egress }) => ({ policyTypes: egress === undefined ? ['Ingress'] : ['Ingress', 'Egress'] })],
    ['spec.ingress[].ports[]', { protocol: 'TCP' }],
    ['spec.egress[].ports[]', { protocol: 'TCP' }],
  ],
  'rbac.authorization.k8s.io/RoleBinding': roleRef,
  'rbac.authorization.k8s.io/ClusterRoleBinding': roleRef,
  'storage.k8s.io/StorageClass': [
    ['', { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate', allowVolumeExpansion: false }],
  ],
  'scheduling.k8s.io/PriorityClass': [['', { preemptionPolicy: 'PreemptLowerPriority', globalDefault: false }]],
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhooks,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': [
    ['spec', { failurePolicy: 'Fail' }],
    ['spec.matchConstraints', { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} }],
    ['spec.matchConstraints.resourceRules[]', { scope: '*' }],
  ],
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': [
    ...webhooks,
    ['webhooks[]', { reinvocationPolicy: 'Never' }],
  ],
  'apiextensions.k8s.io/CustomResourceDefinition': [
    ['spec', { conversion: { strategy: 'None' }, preserveUnknownFields: false }],
    ['spec.names', ({ kind = '' }) => ({ listKind: `${text(kind)}List`, singular: text(kind).toLowerCase() })],
  ],
};

/** Where quantities stand in objects of Kubernetes' own kinds. */
const quantityPlaces: readonly string[] = [
  ...podQuantities.map((place) => `spec.template.spec.${place}`),
  ...podQuantities.map((place) => `spec.jobTemplate.spec.template.spec.${place}`),
  'spec.resources.requests',
  'spec.volumeClaimTemplates[].spec.resources.requests',
  'spec.capacity',
  'spec.hard',
];

/** Maps of names to values: an empty one is the same as none. An empty `emptyDir` or `podSelector` says something. */
const namedValues = new Set([
  'annotations',
  'binaryData',
  'data',
  'labels',
  'limits',
  'matchLabels',
  'nodeSelector',
  'requests',
  'resources',
  'status',
]);

/**
 * An object as the API server completes it, as far as it does so without looking at other objects: two manifests that
 * are equal in this form are one to it. Custom resources stay as they are, but for `null`.
 */
export function withDefaults(manifest: Manifest): Manifest {
  const { apiVersion, kind, metadata } = manifest;
  const group = groupOf(manifest);
  const rules = defaults[`${group}/${kind}`];
  const builtIn = rules !== undefined || !group.includes('.') || group.endsWith('.k8s.io');
  const isSchema = kind === 'CustomResourceDefinition';
  const start: JsonMap = isSchema ? manifest : pruned(manifest, builtIn);
  const filled = (rules ?? []).reduce<JsonMap>(
    (object, [place, fill]) =>
      changeAt(object, place, (map) => ({ ...(typeof fill === 'function' ? fill(map) : fill), ...map })),
    start,
  );
  const places = builtIn && !isSchema ? quantityPlaces : [];
  const full = places.reduce<JsonMap>((object, place) => changeAt(object, place, withQuantities), filled);
  const { name, namespace, labels = {}, annotations = {} } = metadata;
  return {
    ...full,
    apiVersion,
    kind,
    metadata: { ...mapAt(full, 'metadata'), name, ...(namespace !== undefined && { namespace }), labels, annotations },
  };
}

function text(value: Json): string {
  return typeof value === 'string' ? value : '';
}

/** Without `null`; of a kind of Kubernetes' own also without what is empty and means nothing. */
function pruned(map: JsonMap, builtIn: boolean): JsonMap {
  const entries = Object.entries(map).map(([name, value]) => [name, inside(value)] as const);
  return Object.fromEntries(entries.filter(([name, value]) => value !== null && !(builtIn && isNothing(name, value))));

  function inside(value: Json): Json {
    if (Array.isArray(value)) return value.map((item: Json) => inside(item));
    return isMap(value) ? pruned(value, builtIn) : value;
  }
}

function isNothing(name: string, value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return namedValues.has(name) && isMap(value) && Object.keys(value).length === 0;
}
