import { keysOfPod } from '../../../../controllers/serving/status/pod-keys';
import { keysOfRuntime, type RuntimeChange } from '../../../../controllers/serving/status/runtime-keys';
import type { ComponentPod } from '../../../../controllers/serving/status/component-pods';
import type { InferenceService } from '../../../../definitions/serving/inference-service';
import { download, pod, running, server, servingPod, terminated, waiting } from './cluster-facts';

describe('a pod', () => {
  it('with the label wakes its InferenceService (case 50)', () => {
    expect(keysOfPod(pod())).toEqual(['models/iris']);
  });

  it.each<[string, ComponentPod['metadata']]>([
    ['without the label', { name: 'p', namespace: 'models', labels: { app: 'iris' } }],
    ['with an empty label', { name: 'p', namespace: 'models', labels: { 'serving.kserve.io/inferenceservice': '' } }],
    ['without labels', { name: 'p', namespace: 'models' }],
  ])('%s wakes nobody (case 50)', (_what, metadata) => {
    expect(keysOfPod({ metadata })).toEqual([]);
  });

  const before = pod({ initContainers: [download(running())], containers: [server(waiting('PodInitializing'))] });

  it.each<{ what: string; after: ComponentPod }>([
    { what: 'an init container', after: pod({ initContainers: [download(terminated('Error', 1))] }) },
    {
      what: 'the model server (§17 row 55)',
      after: { ...before, status: { ...before.status, containerStatuses: [server(waiting('ErrImagePull'))] } },
    },
    {
      what: 'the scheduler (§17 row 55)',
      after: pod({ ...before, unschedulable: 'no node', initContainers: [download(running())] }),
    },
    { what: 'readiness', after: servingPod() },
    {
      what: 'deletion',
      after: { ...before, metadata: { ...before.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
    },
  ])('wakes it with news of $what (case 51)', ({ after }) => {
    expect(keysOfPod(after, before)).toEqual(['models/iris']);
  });

  it.each<{ what: string; after: ComponentPod }>([
    { what: 'nothing', after: { ...before, status: { ...before.status } } },
    { what: 'an address', after: { ...before, status: { ...before.status, podIP: '10.0.0.1', hostIP: '10.0.0.2' } } },
    { what: 'an annotation', after: { ...before, metadata: { ...before.metadata, annotations: { a: 'b' } } } },
    {
      what: 'a condition that nothing is made of',
      after: {
        ...before,
        status: {
          ...before.status,
          conditions: [...(before.status?.conditions ?? []), { type: 'Checked', status: 'True' }],
        },
      },
    },
  ])('lets it sleep with news of $what (case 51)', ({ after }) => {
    expect(keysOfPod(after, before)).toEqual([]);
  });
});

interface ServiceState {
  readonly namespace?: string;
  readonly runtime?: string;
  readonly clusterRuntime?: string;
  readonly transition?: 'UpToDate' | 'InvalidSpec';
  readonly disableAutoUpdate?: string;
  readonly ready?: string;
}

function service(name: string, state: ServiceState): InferenceService {
  const { namespace = 'models', runtime, clusterRuntime, transition = 'UpToDate', disableAutoUpdate, ready } = state;
  return {
    metadata: {
      name,
      namespace,
      annotations:
        disableAutoUpdate === undefined ? {} : { 'serving.kserve.io/disable-auto-update': disableAutoUpdate },
    },
    spec: { predictor: {} },
    status: {
      ...(runtime === undefined ? {} : { servingRuntimeName: runtime }),
      ...(clusterRuntime === undefined ? {} : { clusterServingRuntimeName: clusterRuntime }),
      ...(ready === undefined ? {} : { conditions: [{ type: 'Ready', status: ready }] }),
      modelStatus: { transitionStatus: transition },
    },
  };
}

describe('a runtime', () => {
  const services = [
    service('uses', { runtime: 'sklearn' }),
    service('uses-another', { runtime: 'triton' }),
    service('uses-the-clusters', { clusterRuntime: 'sklearn' }),
    service('elsewhere', { namespace: 'other', runtime: 'sklearn' }),
    service('cluster-elsewhere', { namespace: 'other', clusterRuntime: 'sklearn' }),
    service('waits', { transition: 'InvalidSpec' }),
    service('waits-elsewhere', { namespace: 'other', transition: 'InvalidSpec' }),
    service('keeps-out', { runtime: 'sklearn', disableAutoUpdate: 'true', ready: 'True' }),
    service('keeps-out-but-fails', { runtime: 'sklearn', disableAutoUpdate: 'true', ready: 'False' }),
    service('takes-part', { runtime: 'sklearn', disableAutoUpdate: 'false', ready: 'True' }),
    { metadata: { name: 'new', namespace: 'models' }, spec: { predictor: {} } },
  ];
  const runtime = (image: string, namespace?: string) => ({
    metadata: { name: 'sklearn', ...(namespace === undefined ? {} : { namespace }) },
    spec: { containers: [{ name: 'kserve-container', image }] },
  });
  const [one, two] = [runtime('server:1', 'models'), runtime('server:2', 'models')];

  it.each<{ what: string; change: RuntimeChange; keys: string[] }>([
    {
      what: 'of a namespace, changed',
      change: { kind: 'ServingRuntime', runtime: two, previous: one },
      keys: ['models/uses', 'models/waits', 'models/keeps-out-but-fails', 'models/takes-part'],
    },
    {
      what: 'of the cluster, changed',
      change: { kind: 'ClusterServingRuntime', runtime: runtime('server:2'), previous: runtime('server:1') },
      keys: ['models/uses-the-clusters', 'other/cluster-elsewhere', 'models/waits', 'other/waits-elsewhere'],
    },
    {
      what: 'with other metadata only',
      change: {
        kind: 'ServingRuntime',
        runtime: { ...one, metadata: { ...one.metadata, labels: { a: 'b' } } },
        previous: one,
      },
      keys: [],
    },
    {
      what: 'of a name that nobody uses, created (§17 row 45)',
      change: { kind: 'ServingRuntime', runtime: { ...one, metadata: { name: 'new', namespace: 'models' } } },
      keys: ['models/waits'],
    },
  ])('$what wakes those that use it or wait for one (cases 35 and 52)', ({ change, keys }) => {
    expect([...keysOfRuntime(change, services)].sort()).toEqual(keys.sort());
  });
});
