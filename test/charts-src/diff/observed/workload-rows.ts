import type { JsonMap, Manifest } from '../../../../charts-src/kubernetes/manifest';
import { type Change, type Row, rowsOf } from './row';

const container = 'spec.template.spec.containers.0';

const podTemplate = (name: string): JsonMap => ({
  metadata: { labels: { app: name } },
  spec: {
    containers: [
      {
        name: 'server',
        image: 'example.com/server:1',
        args: ['--port=8080'],
        env: [
          { name: 'A', value: 'a' },
          { name: 'B', value: 'b' },
        ],
        ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
        readinessProbe: { httpGet: { path: '/', port: 'http' } },
        resources: { requests: { cpu: '100m', memory: '128Mi' } },
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
    ],
    volumes: [
      { name: 'tmp', emptyDir: {} },
      { name: 'settings', configMap: { name: 'settings' } },
    ],
  },
});

const workload =
  (kind: string, spec: JsonMap) =>
  (name: string): Manifest => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: { ...spec, selector: { matchLabels: { app: name } }, template: podTemplate(name) },
  });

const deployment: readonly Change[] = [
  ['another image', { [`${container}.image`]: 'example.com/server:2' }, 'rolling restart'],
  ['another variable', { [`${container}.env.1.value`]: 'c' }, 'rolling restart'],
  [
    'variables in another order',
    {
      [`${container}.env`]: [
        { name: 'B', value: 'b' },
        { name: 'A', value: 'a' },
      ],
    },
    'rolling restart',
  ],
  [
    'a second container',
    { 'spec.template.spec.containers.1': { name: 'sidecar', image: 'example.com/sidecar:1' } },
    'rolling restart',
  ],
  [
    'an annotation of the pods, as of a new checksum',
    { 'spec.template.metadata.annotations': { checksum: '1' } },
    'rolling restart',
  ],
  ['a toleration', { 'spec.template.spec.tolerations': [{ key: 'gpu', operator: 'Exists' }] }, 'rolling restart'],
  ['more memory', { [`${container}.resources.requests.memory`]: '256Mi' }, 'rolling restart'],
  ['a volume less', { 'spec.template.spec.volumes.1': undefined }, 'rolling restart'],
  [
    'a new image under strategy Recreate',
    { [`${container}.image`]: 'example.com/server:2' },
    'recreate',
    { 'spec.strategy.type': 'Recreate' },
  ],
  [
    'a new image while it is paused',
    { [`${container}.image`]: 'example.com/server:2', 'spec.paused': true },
    'in place',
  ],
  ['no replica', { 'spec.replicas': 0 }, 'recreate'],
  ['a replica more', { 'spec.replicas': 3 }, 'in place'],
  ['strategy Recreate where none was said', { 'spec.strategy': { type: 'Recreate' } }, 'forbidden'],
  [
    'strategy Recreate where a rolling update was said',
    { 'spec.strategy': { type: 'Recreate' } },
    'in place',
    { 'spec.strategy.rollingUpdate.maxSurge': 1 },
  ],
  ['a larger surge', { 'spec.strategy.rollingUpdate.maxSurge': 2 }, 'in place'],
  ['an image without tag, pulled as before', { [`${container}.image`]: 'example.com/server' }, 'rolling restart'],
  ['a label of its own', { 'metadata.labels': { team: 'a' } }, 'in place'],
  [
    'another selector',
    { 'spec.selector.matchLabels.tier': 'a', 'spec.template.metadata.labels.tier': 'a' },
    'forbidden',
  ],
  ['a protocol that is the default', { [`${container}.ports.0.protocol`]: undefined }, 'none'],
  [
    'a probe with its defaults',
    { [`${container}.readinessProbe.periodSeconds`]: 10, [`${container}.readinessProbe.httpGet.scheme`]: 'HTTP' },
    'none',
  ],
  ['a quantity in another unit', { [`${container}.resources.requests.cpu`]: '0.1' }, 'none'],
  ['a pull policy that follows from the tag', { [`${container}.imagePullPolicy`]: 'IfNotPresent' }, 'none'],
  ['the mode that mounted ConfigMaps have', { 'spec.template.spec.volumes.1.configMap.defaultMode': 420 }, 'none'],
  ['the default strategy', { 'spec.strategy': { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } } }, 'none'],
  [
    'the pod’s defaults',
    {
      'spec.template.spec.restartPolicy': 'Always',
      'spec.template.spec.securityContext': {},
      'spec.template.spec.hostNetwork': false,
    },
    'none',
  ],
  ['an empty list of variables’ sources', { [`${container}.envFrom`]: [] }, 'none'],
];

const claimTemplate: JsonMap = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};
const statefulSet: readonly Change[] = [
  ['another image', { [`${container}.image`]: 'example.com/server:2' }, 'rolling restart'],
  [
    'another image of the only pod',
    { [`${container}.image`]: 'example.com/server:2' },
    'recreate',
    { 'spec.replicas': 1 },
  ],
  [
    'another image under OnDelete',
    { [`${container}.image`]: 'example.com/server:2' },
    'in place',
    { 'spec.updateStrategy': { type: 'OnDelete' } },
  ],
  ['a replica more', { 'spec.replicas': 3 }, 'in place'],
  ['no replica', { 'spec.replicas': 0 }, 'recreate'],
  [
    'another retention of claims',
    { 'spec.persistentVolumeClaimRetentionPolicy': { whenDeleted: 'Delete' } },
    'in place',
  ],
  ['OnDelete where no strategy was said', { 'spec.updateStrategy': { type: 'OnDelete' } }, 'forbidden'],
  [
    'OnDelete where a rolling update was said',
    { 'spec.updateStrategy': { type: 'OnDelete' } },
    'in place',
    { 'spec.updateStrategy.rollingUpdate.partition': 0 },
  ],
  ['a longer history', { 'spec.revisionHistoryLimit': 3 }, 'in place'],
  ['another Service', { 'spec.serviceName': 'other' }, 'forbidden'],
  ['pods all at once', { 'spec.podManagementPolicy': 'Parallel' }, 'forbidden'],
  ['larger claims', { 'spec.volumeClaimTemplates.0.spec.resources.requests.storage': '2Gi' }, 'forbidden'],
  ['a label of claims', { 'spec.volumeClaimTemplates.0.metadata.labels': { team: 'a' } }, 'forbidden'],
  [
    'another selector',
    { 'spec.selector.matchLabels.tier': 'a', 'spec.template.metadata.labels.tier': 'a' },
    'forbidden',
  ],
  [
    'the defaults of claims and policy',
    { 'spec.volumeClaimTemplates.0.spec.volumeMode': 'Filesystem', 'spec.podManagementPolicy': 'OrderedReady' },
    'none',
  ],
];

const daemonSet: readonly Change[] = [
  ['OnDelete where no strategy was said', { 'spec.updateStrategy': { type: 'OnDelete' } }, 'in place'],
  ['another image', { [`${container}.image`]: 'example.com/server:2' }, 'rolling restart'],
  [
    'another image under OnDelete',
    { [`${container}.image`]: 'example.com/server:2' },
    'in place',
    { 'spec.updateStrategy': { type: 'OnDelete' } },
  ],
  [
    'another selector',
    { 'spec.selector.matchLabels.tier': 'a', 'spec.template.metadata.labels.tier': 'a' },
    'forbidden',
  ],
  [
    'the default strategy',
    { 'spec.updateStrategy': { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } } },
    'none',
  ],
];

/** As the constructs render Jobs that may run again. */
const mayRunAgain = {
  'argocd.argoproj.io/hook': 'Sync',
  'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
  'kustomize.toolkit.fluxcd.io/force': 'enabled',
};
const jobPod = (name: string): JsonMap => ({
  metadata: { labels: { app: name } },
  spec: { restartPolicy: 'Never', containers: [{ name: 'job', image: 'example.com/job:1' }] },
});
const job = (name: string): Manifest => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: { template: jobPod(name) },
});
const jobs: readonly Change[] = [
  ['another image', { [`${container}.image`]: 'example.com/job:2' }, 'forbidden'],
  [
    'another image, to be created anew by Argo CD and Flux',
    { [`${container}.image`]: 'example.com/job:2' },
    'recreate',
    { 'metadata.annotations': mayRunAgain },
  ],
  ['more completions', { 'spec.completions': 2 }, 'forbidden'],
  [
    'more completions of an indexed Job, with parallelism',
    { 'spec.completions': 2, 'spec.parallelism': 2 },
    'in place',
    { 'spec.completionMode': 'Indexed', 'spec.completions': 1 },
  ],
  ['other pods at the same time', { 'spec.parallelism': 2 }, 'in place'],
  ['more attempts', { 'spec.backoffLimit': 3 }, 'in place'],
  ['an earlier end', { 'spec.ttlSecondsAfterFinished': 60 }, 'in place'],
  [
    'other nodes before it ever ran',
    { 'spec.template.spec.nodeSelector': { disk: 'ssd' } },
    'in place',
    { 'spec.suspend': true },
  ],
  ['another completion mode', { 'spec.completionMode': 'Indexed' }, 'forbidden', { 'spec.completions': 1 }],
  ['its defaults', { 'spec.completions': 1, 'spec.backoffLimit': 6, 'spec.suspend': false }, 'none'],
];

const cronJob = (name: string): Manifest => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name },
  spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: jobPod(name) } } },
});
const cronJobs: readonly Change[] = [
  ['another image', { 'spec.jobTemplate.spec.template.spec.containers.0.image': 'example.com/job:2' }, 'in place'],
  ['another schedule', { 'spec.schedule': '0 0 2 1 *' }, 'in place'],
  [
    'its defaults',
    { 'spec.concurrencyPolicy': 'Allow', 'spec.jobTemplate.spec.template.spec.dnsPolicy': 'ClusterFirst' },
    'none',
  ],
];

/** Changes of what runs pods. */
export const workloadRows: readonly Row[] = [
  ...rowsOf(workload('Deployment', { replicas: 2 }), deployment),
  ...rowsOf(
    workload('StatefulSet', { replicas: 2, serviceName: 'pods', volumeClaimTemplates: [claimTemplate] }),
    statefulSet,
  ),
  ...rowsOf(workload('DaemonSet', {}), daemonSet),
  ...rowsOf(job, jobs),
  ...rowsOf(cronJob, cronJobs),
];
