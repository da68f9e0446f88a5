import { ensureChild, type ChildOutcome } from '../../../../controllers/runtime/apply-child';
import type { ObjectToSend } from '../../../../controllers/runtime/client';
import { Store } from '../../../../controllers/runtime/store';
import type { ComponentPlan } from '../../../../controllers/serving/component-plan';
import { desiredAutoscaling } from '../../../../controllers/serving/standard/autoscaler';
import { servingWriter } from '../../../../controllers/serving/standard/child-meta';
import { desiredDeployment, leftReplicas } from '../../../../controllers/serving/standard/deployment';
import { desiredService, withLiveClusterIp } from '../../../../controllers/serving/standard/service';
import type { ApiResource, KubernetesObject } from '../../../../definitions/kubernetes/api-resource';
import { deployments, horizontalPodAutoscalers, services } from '../../../../definitions/kubernetes/core-resources';
import { appliedAnnotation, servingAnnotations, upstreamFieldManager } from '../../../../definitions/names/serving';
import { testCluster } from '../../../cluster/test-cluster';
import { runtimeClient } from '../../runtime/runtime-client';
import { owner, settings, tensorflowPlan } from './tensorflow-plan';

const cluster = testCluster();
const { client, connection } = runtimeClient({ url: cluster.url, ca: cluster.ca, token: cluster.adminToken });
let namespace: string;

beforeEach(async () => {
  namespace = await cluster.namespace('standard');
});
afterAll(() => connection.close());

const name = 'raw-foo-predictor';
const plan = (members: Partial<ComponentPlan> = {}) => tensorflowPlan({ namespace, ...members });
const withClass = (autoscalerClass: string) => ({
  ...tensorflowPlan().annotations,
  [servingAnnotations.autoscalerClass]: autoscalerClass,
});
const context = { signal: AbortSignal.timeout(120_000), wrote: () => undefined, deleted: () => undefined };
const live = <T extends KubernetesObject>(resource: ApiResource<T>) => client.get(resource, { name, namespace });

async function write<T extends KubernetesObject>(
  resource: ApiResource<T>,
  desired: ObjectToSend<T>,
): Promise<ChildOutcome> {
  const store = new Store<T>(() => undefined);
  return ensureChild({
    ...servingWriter,
    client,
    resource,
    store,
    owner,
    desired,
    live: await live(resource),
    context,
  });
}

async function writeDeployment(of: ComponentPlan, { deploy } = settings): Promise<ChildOutcome> {
  const desired = desiredDeployment(of, owner, { deploy });
  const now = await live(deployments);
  const left = leftReplicas(desired, now);
  const store = new Store<NonNullable<typeof now>>(() => undefined);
  const parts = { ...servingWriter, client, resource: deployments, store, owner, context };
  return ensureChild({ ...parts, desired, live: now, ...(left !== undefined && { left }) });
}

async function writeService(of: ComponentPlan, { service } = settings): Promise<ChildOutcome> {
  return write(services, withLiveClusterIp(desiredService(of, owner, { service }), await live(services)));
}

async function writeHpa(of: ComponentPlan): Promise<ChildOutcome> {
  const autoscaling = desiredAutoscaling(of, owner);
  if (autoscaling.kind !== 'hpa') throw new Error(`no HPA but ${autoscaling.kind}`);
  return write(horizontalPodAutoscalers, autoscaling.hpa);
}

describe('a Deployment, whole', () => {
  const template = (members: object = {}) => ({
    metadata: {
      name,
      namespace,
      labels: { app: `isvc.${name}`, component: 'predictor', 'serving.kserve.io/inferenceservice': 'raw-foo' },
      annotations: {
        'internal.serving.kserve.io/storage-initializer-sourceuri': 's3://test/mnist/export',
        'serving.kserve.io/autoscalerClass': 'hpa',
        'serving.kserve.io/deploymentMode': 'Standard',
      },
      ...members,
    },
    spec: {
      containers: [
        {
          name: 'kserve-container',
          image: 'tensorflow/serving:1.14.0',
          command: ['/usr/bin/tensorflow_model_server'],
          args: [
            '--port=9000',
            '--rest_api_port=8080',
            '--model_base_path=/mnt/models',
            '--rest_api_timeout_in_ms=60000',
          ],
          env: [{ name: 'INFERENCE_SERVICE_NAME', value: 'raw-foo' }],
          resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '1', memory: '2Gi' } },
          readinessProbe: {
            tcpSocket: { port: 8080 },
            timeoutSeconds: 1,
            periodSeconds: 10,
            successThreshold: 1,
            failureThreshold: 3,
          },
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          imagePullPolicy: 'IfNotPresent',
        },
      ],
      automountServiceAccountToken: false,
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    },
  });
  const spec = (members: object = {}) => ({
    replicas: 1,
    selector: { matchLabels: { app: `isvc.${name}` } },
    template: template(),
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    ...members,
  });

  it('basic (case 29)', async () => {
    expect(await writeDeployment(plan())).toBe('created');
    const made = await live(deployments);
    expect(made?.spec).toEqual(spec());
    expect(made?.metadata).toMatchObject({
      labels: template().metadata.labels,
      annotations: template().metadata.annotations,
    });
    expect(Object.keys(made?.metadata.annotations ?? {})).toContain(appliedAnnotation);
    expect(await writeDeployment(plan())).toBe('unchanged');
  });

  it('with a strategy of the user, which may change its type (case 30)', async () => {
    const asked = (deploymentStrategy: object) => plan({ extension: { deploymentStrategy } });
    const rolling = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: '40%' } };
    await writeDeployment(asked(rolling));
    expect((await live(deployments))?.spec).toEqual(spec({ strategy: rolling }));
    expect(await writeDeployment(asked({ type: 'Recreate' }))).toBe('applied');
    expect((await live(deployments))?.spec).toEqual(spec({ strategy: { type: 'Recreate' } }));
    expect(await writeDeployment(asked({ type: 'Recreate' }))).toBe('unchanged');
    expect(await writeDeployment(asked({ type: 'RollingUpdate' }))).toBe('applied');
    expect((await live(deployments))?.spec).toEqual(spec());
  });

  it('without autoscaler: replicas follow minReplicas, and a new label leaves them (cases 31 and 44)', async () => {
    const annotations = withClass('none');
    const fixed = (minReplicas: number, labels = {}) =>
      plan({ annotations, extension: { minReplicas }, labels: { ...tensorflowPlan().labels, ...labels } });
    const replicas = async () => (await live(deployments))?.spec?.replicas;
    await writeDeployment(fixed(1));
    expect((await live(deployments))?.spec).toEqual(spec({ template: template({ annotations }) }));
    expect(await writeDeployment(fixed(2))).toBe('applied');
    expect(await replicas()).toBe(2);
    expect(await writeDeployment(fixed(2, { team: 'a' }))).toBe('applied');
    expect(await replicas()).toBe(2);
    await cluster.patch(
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace } },
      { spec: { replicas: 7 } },
      { subresource: 'scale' },
    );
    expect(await writeDeployment(fixed(2, { team: 'a' }))).toBe('applied');
    expect(await replicas()).toBe(2);
  });

  it('keeps its replicas when it gets an autoscaler, which then has them', async () => {
    await writeDeployment(plan({ annotations: withClass('none'), extension: { minReplicas: 4 } }));
    expect(await writeDeployment(plan())).toBe('applied');
    expect((await live(deployments))?.spec).toEqual(spec({ replicas: 4 }));
    expect(await writeDeployment(plan())).toBe('unchanged');
  });

  it('follows a variable of the InferenceService, and leaves the replicas of the HPA (case 32)', async () => {
    const [container] = tensorflowPlan().podSpec.containers;
    if (container === undefined) throw new Error('a plan without container');
    await writeDeployment(plan());
    await cluster.patch(
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace } },
      { spec: { replicas: 3 } },
      { subresource: 'scale' },
    );
    const env = [
      { name: 'TEST_ENV', value: 'updated' },
      { name: 'INFERENCE_SERVICE_NAME', value: 'raw-foo' },
    ];
    expect(await writeDeployment(plan({ podSpec: { containers: [{ ...container, env }] } }))).toBe('applied');
    const { spec: now } = (await live(deployments)) ?? {};
    expect(now?.template.spec?.containers[0]?.env).toEqual(env);
    expect(now?.replicas).toBe(3);
  });

  it('of upstream’s controller becomes ours without conflict and is what a new one would be', async () => {
    const theirs = desiredDeployment(plan({ labels: { ...tensorflowPlan().labels, stale: 'yes' } }), owner, settings);
    await client.create(deployments, theirs, { fieldManager: upstreamFieldManager });
    expect(await writeDeployment(plan())).toBe('applied');
    expect((await live(deployments))?.spec).toEqual(spec());
    expect((await live(deployments))?.metadata.labels).toEqual(template().metadata.labels);
    expect(await writeDeployment(plan())).toBe('unchanged');
  });

  it('may have everything that users write into pods, and is at rest', async () => {
    const podSpec: ComponentPlan['podSpec'] = {
      containers: [
        {
          name: 'kserve-container',
          image: 'server:latest',
          args: [],
          env: [
            { name: 'EMPTY', value: '' },
            { name: 'TWICE', value: '1' },
            { name: 'TWICE', value: '2' },
            { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
            { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1' } } },
          ],
          ports: [{ containerPort: 8080 }, { containerPort: 9000, name: 'grpc', protocol: 'TCP' }],
          resources: { limits: { cpu: '2000m', memory: '1024Mi', 'nvidia.com/gpu': '1' }, requests: {} },
          volumeMounts: [{ name: 'cache', mountPath: '/cache', readOnly: false }],
          livenessProbe: { httpGet: { path: '/live', port: 'grpc' }, initialDelaySeconds: 0 },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
        { name: 'side', image: 'side:1' },
      ],
      initContainers: [{ name: 'storage-initializer', image: 'init:1', args: ['s3://a', '/mnt/models'] }],
      imagePullSecrets: [{ name: 'a' }, { name: 'a' }],
      hostNetwork: false,
      nodeSelector: {},
      tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
      ],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
          },
        },
      },
      hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
      volumes: [
        { name: 'cache', emptyDir: { sizeLimit: '2048Mi' } },
        { name: 'scratch', emptyDir: {} },
        { name: 'secret', secret: { secretName: 'a', items: [{ key: 'a', path: 'b' }] } },
        {
          name: 'projected',
          projected: {
            sources: [
              { serviceAccountToken: { path: 'token' } },
              { downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
            ],
          },
        },
        { name: 'claim', persistentVolumeClaim: { claimName: 'a', readOnly: false } },
      ],
    };
    expect(await writeDeployment(plan({ podSpec }))).toBe('created');
    const before = await live(deployments);
    const mark = await cluster.audit.mark();
    expect(await writeDeployment(plan({ podSpec }))).toBe('unchanged');
    const writes = (await cluster.audit.since(mark)).filter(
      ({ verb, ...event }) => event.namespace === namespace && verb !== 'get',
    );
    expect(writes).toEqual([]);
    expect(await live(deployments)).toEqual(before);
  });
});

describe('a Service, whole', () => {
  const spec = (ports: object[], members: object = {}) => ({
    selector: { app: `isvc.${name}` },
    ports,
    type: 'ClusterIP',
    clusterIP: expect.any(String) as string,
    clusterIPs: [expect.any(String)],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    internalTrafficPolicy: 'Cluster',
    sessionAffinity: 'None',
    ...members,
  });

  it('basic (case 29)', async () => {
    await writeService(plan());
    expect((await live(services))?.spec).toEqual(spec([{ name, port: 80, targetPort: 8080, protocol: 'TCP' }]));
    expect(await writeService(plan())).toBe('unchanged');
  });

  it('with gRPC ports of a transformer (case 80)', async () => {
    const ports = [
      { containerPort: 8081, name: 'h2c-port' },
      { containerPort: 9000, name: 'metrics' },
    ];
    const of = plan({
      podSpec: { containers: [{ name: 'kserve-container' }, { name: 'transformer-container', ports }] },
    });
    await writeService(of);
    expect((await live(services))?.spec).toEqual(
      spec([
        { name: 'h2c-port', port: 80, targetPort: 8081, protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' },
        { name: 'metrics', port: 9000, targetPort: 9000, protocol: 'TCP' },
      ]),
    );
    expect(await writeService(of)).toBe('unchanged');
  });

  it('with a batcher, and without it again (case 80)', async () => {
    const ports = (targetPort: number) => spec([{ name, port: 80, targetPort, protocol: 'TCP' }]);
    await writeService(plan({ extension: { batcher: { maxBatchSize: 8 } } }));
    expect((await live(services))?.spec).toEqual(ports(9081));
    expect(await writeService(plan())).toBe('applied');
    expect((await live(services))?.spec).toEqual(ports(8080));
  });

  it('headless, which stays so when the configuration changes (case 45)', async () => {
    const headless = { ...settings, service: { serviceClusterIPNone: true } };
    const port = { name, port: 80, targetPort: 8080, protocol: 'TCP' };
    await writeService(plan(), headless);
    const expected = spec([port], { clusterIP: 'None', clusterIPs: ['None'] });
    expect((await live(services))?.spec).toEqual(expected);
    expect(await writeService(plan())).toBe('unchanged');
    expect((await live(services))?.spec).toEqual(expected);
  });

  it('with an address, which it keeps when the configuration changes', async () => {
    await writeService(plan());
    const before = await live(services);
    expect(await writeService(plan(), { ...settings, service: { serviceClusterIPNone: true } })).toBe('unchanged');
    expect(await live(services)).toEqual(before);
  });

  it('follows labels and annotations (§17 row 19)', async () => {
    await writeService(plan({ labels: { ...tensorflowPlan().labels, old: 'a' } }));
    expect(await writeService(plan({ annotations: { ...tensorflowPlan().annotations, new: 'a' } }))).toBe('applied');
    const { metadata } = (await live(services)) ?? {};
    expect(metadata?.labels).not.toHaveProperty('old');
    expect(metadata?.annotations).toMatchObject({ new: 'a' });
  });
});

describe('an HPA, whole', () => {
  const up = {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  };
  const down = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };
  const spec = (members: object) => ({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: 1,
    maxReplicas: 3,
    ...members,
  });

  it('by memory with the API server’s behavior, at rest (case 29, §17 row 17)', async () => {
    const target = { type: 'AverageValue' as const, averageValue: '10Gi' };
    const metrics = [{ type: 'Resource' as const, resource: { name: 'memory' as const, target } }];
    const of = plan({ extension: { maxReplicas: 3, autoScaling: { metrics } } });
    await writeHpa(of);
    expect((await live(horizontalPodAutoscalers))?.spec).toEqual(
      spec({ metrics, behavior: { scaleUp: up, scaleDown: down } }),
    );
    expect(await writeHpa(of)).toBe('unchanged');
  });

  it('with a behavior of the user, and without it again (§17 row 17)', async () => {
    const scaleDown = { stabilizationWindowSeconds: 60, policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }] };
    const of = plan({ extension: { maxReplicas: 3, autoScaling: { behavior: { scaleDown } } } });
    await writeHpa(of);
    expect((await live(horizontalPodAutoscalers))?.spec?.behavior).toEqual({
      scaleUp: up,
      scaleDown: { ...scaleDown, selectPolicy: 'Max' },
    });
    expect(await writeHpa(of)).toBe('unchanged');
    expect(await writeHpa(plan({ extension: { maxReplicas: 3 } }))).toBe('applied');
    expect((await live(horizontalPodAutoscalers))?.spec?.behavior).toEqual({ scaleUp: up, scaleDown: down });
    expect(await writeHpa(plan({ extension: { maxReplicas: 3 } }))).toBe('unchanged');
  });

  it('by memory without target: the API server takes cpu at 80 % (case 82)', async () => {
    const of = plan({ extension: { maxReplicas: 3, scaleMetric: 'memory' } });
    await writeHpa(of);
    const target = { type: 'Utilization', averageUtilization: 80 };
    expect((await live(horizontalPodAutoscalers))?.spec?.metrics).toEqual([
      { type: 'Resource', resource: { name: 'cpu', target } },
    ]);
    expect(await writeHpa(of)).toBe('unchanged');
  });
});
