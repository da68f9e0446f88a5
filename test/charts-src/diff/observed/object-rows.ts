import type { JsonMap, Manifest } from '../../../../charts-src/kubernetes/manifest';
import { type Change, type Row, rowsOf } from './row';

const object =
  (apiVersion: string, kind: string, content: JsonMap) =>
  (name: string): Manifest => ({ apiVersion, kind, metadata: { name }, ...content });
const rbac = 'rbac.authorization.k8s.io';
const clientIp = { clientIP: { timeoutSeconds: 60 } };

const services: readonly Change[] = [
  ['another port', { 'spec.ports.0.port': 81 }, 'in place'],
  ['a second port', { 'spec.ports.1': { name: 'grpc', port: 9000, protocol: 'TCP' } }, 'in place'],
  ['another selector', { 'spec.selector.app': 'b' }, 'in place'],
  ['a port on every node', { 'spec.type': 'NodePort' }, 'in place'],
  ['sticky clients', { 'spec.sessionAffinity': 'ClientIP', 'spec.sessionAffinityConfig': clientIp }, 'in place'],
  [
    'a name of elsewhere instead of an address',
    {
      'spec.type': 'ExternalName',
      'spec.externalName': 'a.example.com',
      'spec.ports': undefined,
      'spec.selector': undefined,
    },
    'in place',
  ],
  ['an address of its choice', { 'spec.clusterIP': '10.96.77.7' }, 'forbidden'],
  ['another address', { 'spec.clusterIP': '10.96.77.9' }, 'forbidden', { 'spec.clusterIP': '10.96.77.8' }],
  ['no address any more', { 'spec.clusterIP': 'None' }, 'forbidden'],
  ['an address it does not ask for any more', { 'spec.clusterIP': undefined }, 'none', { 'spec.clusterIP': 'None' }],
  [
    'another class of load balancer',
    { 'spec.loadBalancerClass': 'b.example.com/x' },
    'forbidden',
    { 'spec.type': 'LoadBalancer', 'spec.loadBalancerClass': 'a.example.com/x' },
  ],
  ['its defaults', { 'spec.type': 'ClusterIP', 'spec.sessionAffinity': 'None', 'spec.ports.0.targetPort': 80 }, 'none'],
];
const claims: readonly Change[] = [
  ['more storage', { 'spec.resources.requests.storage': '2Gi' }, 'in place'],
  ['less storage', { 'spec.resources.requests.storage': '512Mi' }, 'forbidden'],
  ['another way of access', { 'spec.accessModes': ['ReadWriteMany'] }, 'forbidden'],
  ['another class', { 'spec.storageClassName': 'other' }, 'forbidden'],
  ['no class any more', { 'spec.storageClassName': undefined }, 'forbidden'],
  ['another volume', { 'spec.volumeName': 'other' }, 'forbidden'],
  ['other properties of the volume', { 'spec.volumeAttributesClassName': 'fast' }, 'in place'],
  ['a label', { 'metadata.labels': { team: 'a' } }, 'in place'],
  ['its size in another unit', { 'spec.resources.requests.storage': '1024Mi' }, 'none'],
];
const bindings: readonly Change[] = [
  ['another role', { 'roleRef.name': 'edit' }, 'forbidden'],
  ['another subject', { 'subjects.0.name': 'b' }, 'in place'],
  ['the API group of a role', { 'roleRef.apiGroup': undefined }, 'none'],
];
const roleRef = { apiGroup: rbac, kind: 'ClusterRole', name: 'view' };
const subjects = [{ kind: 'ServiceAccount', name: 'a', namespace: 'default' }];

const frozen = { immutable: true };
const data: readonly Change[] = [
  ['other content', { 'data.a': 'Yg==' }, 'in place'],
  ['other content of an immutable one', { 'data.a': 'Yg==' }, 'forbidden', frozen],
  ['the end of immutability', { immutable: undefined }, 'forbidden', frozen],
  ['the start of immutability', frozen, 'in place'],
];

/** Changes of everything that runs no pods. */
export const objectRows: readonly Row[] = [
  ...rowsOf(
    object('v1', 'Service', { spec: { selector: { app: 'a' }, ports: [{ name: 'http', port: 80, protocol: 'TCP' }] } }),
    services,
  ),
  ...rowsOf(
    object('v1', 'PersistentVolumeClaim', {
      spec: {
        storageClassName: 'growing',
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
      },
    }),
    claims,
  ),
  ...rowsOf(object(`${rbac}/v1`, 'RoleBinding', { roleRef, subjects }), bindings),
  ...rowsOf(object(`${rbac}/v1`, 'ClusterRoleBinding', { roleRef, subjects }), bindings),
  ...rowsOf(
    object(`${rbac}/v1`, 'ClusterRole', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }),
    [['a verb more', { 'rules.0.verbs.1': 'list' }, 'in place']],
  ),
  ...rowsOf(object('v1', 'ConfigMap', { data: { a: 'a' } }), data),
  ...rowsOf(object('v1', 'Secret', { data: { a: 'YQ==' } }), [
    ...data,
    ['another type', { type: 'example.com/login' }, 'forbidden'],
    ['its default type', { type: 'Opaque' }, 'none'],
  ]),
  ...rowsOf(
    object('policy/v1', 'PodDisruptionBudget', {
      spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'a' } } },
    }),
    [
      ['another number', { 'spec.maxUnavailable': 2 }, 'in place'],
      ['another selector', { 'spec.selector.matchLabels.app': 'b' }, 'in place'],
    ],
  ),
  ...rowsOf(
    object('networking.k8s.io/v1', 'NetworkPolicy', {
      spec: { podSelector: {}, ingress: [{ ports: [{ port: 80, protocol: 'TCP' }] }] },
    }),
    [
      ['another port', { 'spec.ingress.0.ports.0.port': 81 }, 'in place'],
      ['its defaults', { 'spec.policyTypes': ['Ingress'], 'spec.ingress.0.ports.0.protocol': undefined }, 'none'],
    ],
  ),
  ...rowsOf(
    object('storage.k8s.io/v1', 'StorageClass', { provisioner: 'example.com/disk', parameters: { type: 'ssd' } }),
    [
      ['another provisioner', { provisioner: 'example.com/other' }, 'forbidden'],
      ['other parameters', { 'parameters.type': 'hdd' }, 'forbidden'],
      ['another reclaim policy', { reclaimPolicy: 'Retain' }, 'forbidden'],
      ['later binding', { volumeBindingMode: 'WaitForFirstConsumer' }, 'forbidden'],
      ['volumes that may grow', { allowVolumeExpansion: true }, 'in place'],
      ['its defaults', { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }, 'none'],
    ],
  ),
  ...rowsOf(object('storage.k8s.io/v1', 'CSIDriver', { spec: { attachRequired: true } }), [
    ['no attaching', { 'spec.attachRequired': false }, 'forbidden'],
    ['other life cycles of volumes', { 'spec.volumeLifecycleModes': ['Ephemeral'] }, 'forbidden'],
    ['pods’ names at mounting', { 'spec.podInfoOnMount': true }, 'in place'],
  ]),
  ...rowsOf(object('scheduling.k8s.io/v1', 'PriorityClass', { value: 1000 }), [
    ['another value', { value: 2000 }, 'forbidden'],
    ['no preemption', { preemptionPolicy: 'Never' }, 'forbidden'],
    ['another description', { description: 'for servers' }, 'in place'],
  ]),
  ...rowsOf(object('v1', 'ResourceQuota', { spec: { hard: { pods: '10' }, scopes: ['BestEffort'] } }), [
    ['a higher limit', { 'spec.hard.pods': '20' }, 'in place'],
    ['another scope', { 'spec.scopes': ['NotBestEffort'] }, 'forbidden'],
  ]),
  ...rowsOf(object('v1', 'Namespace', {}), [
    [
      'another Pod security standard',
      { 'metadata.labels': { 'pod-security.kubernetes.io/enforce': 'restricted' } },
      'in place',
    ],
  ]),
];
