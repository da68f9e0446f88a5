import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { V1Container, V1Deployment, V1HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { Chart, Testing } from 'cdk8s';
import { dump, load, loadAll } from 'js-yaml';
import { InferenceService } from '../../charts-src/serving/inference-service';
import { environment } from '../../charts-src/environments/environment';
import { renderEnvironment } from '../../charts-src/output/render-environment';
import { servingMetrics } from '../../definitions/metrics/serving';
import {
  containerNames,
  inferenceServiceFinalizer,
  modelDirectory,
  servingFieldManager,
  servingLease,
  upstreamFieldManager,
} from '../../definitions/names/serving';
import { servingOwnCertificatesSecret } from '../../definitions/names/serving-webhooks';
import { freePort } from '../cluster/free-port';
import type { ObjectReference } from '../cluster/unstructured-object';
import { waitFor } from '../cluster/wait-for';
import type { ControllerProcess } from '../controllers/registry-sync/controller-process';
import { conditionOf, inferenceServiceOf, ServingInstallation } from '../controllers/serving/serving-installation';
import { guideBlocks } from '../charts-src/gitops/guide';
import { buildTimeout } from '../tools/go-programs';
import { documentedFragment, inNamespace, leastInferenceService } from './documented-object';
import type { Locator } from './entry';
import { logOf, type NodeWithLogs, startNodeWithLogs } from '../doubles/kubelet/node-with-logs';
import { Reader } from './reader';
import { documentBlock } from './texts';

/** What the documents say of serving, on the controller as it is deployed, by somebody with kubectl. */
let installation: ServingInstallation;
let reader: Reader;
let node: NodeWithLogs;
let controller: ControllerProcess;

const block = (heading: string, index = 0) =>
  documentBlock({ document: '4-serving-control-plane', heading, index }).content;
const controlPlane = (heading: string, index = 0): Locator => ({
  document: '4-serving-control-plane',
  heading,
  index,
});

/** `my-model` of the commands: they name no namespace. */
const myModel = inferenceServiceOf('default', leastInferenceService.metadata.name, {
  spec: leastInferenceService.spec,
});

beforeAll(async () => {
  const port = await freePort();
  installation = await ServingInstallation.make({ serving: { webhooks: { url: `https://127.0.0.1:${port}` } } });
  reader = await Reader.of(installation.cluster);
  const certificate = { from: 'self-managed' as const, secret: servingOwnCertificatesSecret, hosts: ['127.0.0.1'] };
  controller = await installation.start({ settings: { webhooks: { port, certificate } } });
  await registerWebhooks();
  await installation.cluster.create(myModel);
  await installation.ready(myModel);
  const [pod] = await installation.pods('default');
  node = await startNodeWithLogs(installation.cluster, pod?.spec?.nodeName ?? '');
}, buildTimeout);

afterAll(async () => {
  await node?.close();
  await reader?.close();
  await installation?.close();
});

/** Has the API server ask the controller, which is there by now; until then it would refuse everything. */
async function registerWebhooks(): Promise<void> {
  const configurations = installation.manifests.filter(({ kind }) => kind.endsWith('WebhookConfiguration'));
  for (const configuration of configurations) {
    await installation.cluster.apply(configuration, { fieldManager: 'gitops' });
  }
  for (const configuration of configurations) {
    await waitFor(`the authority of ${configuration.metadata.name}`, async () =>
      JSON.stringify(await installation.cluster.get(configuration)).includes('"caBundle"'),
    );
  }
  await waitFor('the webhooks', () =>
    reader.run('kubectl apply --dry-run=server -f -', 'default', dump(myModel)).then(({ code }) => code === 0),
  );
}

/** Settings of the control plane. */
const settings = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'inferenceservice-config', namespace: 'kserve' },
};

/** How often the controller has looked at an InferenceService and had nothing to complain about. */
async function reconciles(): Promise<number> {
  const text = await (await fetch(`${controller.metrics}/metrics`)).text();
  const [, count] = /^controller_runtime_reconcile_total\{[^}]*result="success"[^}]*\} (\d+)$/m.exec(text) ?? [];
  return Number(count);
}

/** Applies an object in a namespace of its own and waits until it is Ready. */
async function served(object: ObjectReference & { readonly spec?: unknown }) {
  const namespace = await installation.cluster.namespace('documents');
  expect(await reader.apply(object, namespace)).toMatchObject({ code: 0, stderr: '' });
  const written = inferenceServiceOf(namespace, object.metadata.name);
  const stored = await installation.ready(written);
  return { namespace, written, stored };
}

async function predictorOf(namespace: string): Promise<V1Deployment> {
  const deployment = await installation.deployment(namespace, 'my-model-predictor');
  if (deployment === undefined) throw new Error(`no Deployment my-model-predictor in ${namespace}`);
  return deployment;
}

const mainContainer = ({ spec }: V1Deployment): V1Container | undefined =>
  spec?.template.spec?.containers.find(({ name }) => name === containerNames.main);

describe('serving in Standard mode as the documents show it', () => {
  it('a runtime with a storage placeholder starts its container with the URI of the model', async () => {
    expect(await reader.apply(block('Custom Runtimes'))).toMatchObject({ code: 0, stderr: '' });
    const storageUri = 'gs://bucket/models/custom';
    const model = { modelFormat: { name: 'custom', version: '1' }, runtime: 'custom-runtime', storageUri };
    const { namespace, stored } = await served({ ...leastInferenceService, spec: { predictor: { model } } });
    expect(stored.status).toMatchObject({ clusterServingRuntimeName: 'custom-runtime' });
    expect(mainContainer(await predictorOf(namespace))).toMatchObject({
      image: 'my-org/custom-server:latest',
      env: expect.arrayContaining([{ name: 'STORAGE_URI', value: storageUri }]) as unknown,
    });
  }, 60_000);

  it('the command that shows an InferenceService prints it with its status', async () => {
    const { code, stdout } = await reader.run(block('Status Conditions'));
    expect(code).toBe(0);
    expect(load(stdout)).toMatchObject({
      kind: 'InferenceService',
      status: (await installation.stored(myModel))?.status,
    });
  });

  it('the controller writes PredictorReady, Ready, and with that domain template the url of the example', async () => {
    const { status: shown } = load(block('Status Conditions', 1)) as {
      status: { url: string; conditions: readonly { type: string; status: string }[] };
    };
    const { status } = await installation.ready(myModel);
    for (const { type, status: word } of shown.conditions) expect(conditionOf(status, type)?.status).toBe(word);
    expect(status?.url).toBe('http://my-model-default.example.com');

    const stored = await installation.cluster.get(settings);
    const { ingress } = stored['data'] as { ingress: string };
    const domainTemplate = '{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}';
    const changed = JSON.stringify({ ...(JSON.parse(ingress) as object), domainTemplate });
    await installation.cluster.patch(settings, { data: { ingress: changed } });
    try {
      await installation.until(myModel, `to have the URL ${shown.url}`, ({ url }) => url === shown.url);
    } finally {
      await installation.cluster.patch(settings, { data: { ingress } });
    }
    await installation.until(myModel, 'to have its URL back', ({ url }) => url === status?.url);
  }, 60_000);

  it('resource requests and limits, whole numbers included, are those of the container', async () => {
    const { namespace } = await served(documentedFragment(controlPlane('Resource Requests and Limits')));
    const [pod] = await installation.pods(namespace);
    expect(pod?.spec?.containers.find(({ name }) => name === containerNames.main)?.resources).toEqual({
      requests: { cpu: '100m', memory: '1Gi', 'nvidia.com/gpu': '1' },
      limits: { cpu: '1', memory: '2Gi', 'nvidia.com/gpu': '1' },
    });
  }, 60_000);

  it('the node selector and the toleration for GPU nodes are those of the pods', async () => {
    const { namespace } = await served(documentedFragment(controlPlane('Node Affinity and Tolerations')));
    const [pod] = await installation.pods(namespace);
    expect(pod?.spec).toMatchObject({
      nodeSelector: { 'node-type': 'gpu' },
      tolerations: expect.arrayContaining([
        { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
      ]) as unknown,
    });
  }, 60_000);

  it('a concurrency target gives an HPA on cpu with the bounds of the example, and a warning and an event say so', async () => {
    const namespace = await installation.cluster.namespace('documents');
    const { code, stderr } = await reader.apply(block('Horizontal Pod Autoscaler (HPA)'), namespace);
    expect(code).toBe(0);
    expect(stderr.trim().split('\n')).toEqual([
      'Warning: spec.predictor.sklearn is dropped: it adds nothing to spec.predictor.model; remove it from the manifest',
      'Warning: ScaleMetricUnsupported: spec.predictor.scaleMetric concurrency is unknown to an HPA, which scales on cpu ' +
        'instead; use KEDA (autoscalerClass keda) or Knative mode',
    ]);
    const written = inferenceServiceOf(namespace, 'my-model');
    await installation.ready(written);
    const name = 'my-model-predictor';
    const autoscaler = (await installation.cluster.get({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name, namespace },
    })) as unknown as V1HorizontalPodAutoscaler;
    expect(autoscaler.spec).toMatchObject({
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
    });
    const { type, note } = await installation.event(written, 'ScaleMetricUnsupported');
    expect(type).toBe('Warning');
    expect(note).toMatch(/concurrency/);
  }, 60_000);

  it('the region of the model’s container reaches the storage initializer', async () => {
    const { namespace } = await served(documentedFragment(controlPlane('Storage Configuration')));
    const [pod] = await installation.pods(namespace);
    const initializer = pod?.spec?.initContainers?.find(({ name }) => name === containerNames.storageInitializer);
    expect(initializer).toMatchObject({
      args: ['s3://my-bucket/models/sklearn/v1', modelDirectory],
      env: expect.arrayContaining([{ name: 'AWS_REGION', value: 'us-west-2' }]) as unknown,
    });
  }, 60_000);

  it('the request logger is an agent beside the model that sends everything to the url of the example', async () => {
    const { namespace } = await served(documentedFragment(controlPlane('Logging')));
    const [pod] = await installation.pods(namespace);
    const agent = pod?.spec?.containers.find(({ name }) => name === containerNames.agent);
    const args = agent?.args ?? [];
    expect(args[args.indexOf('--log-url') + 1]).toBe('http://message-dumper-logger-service.default/');
    expect(args[args.indexOf('--log-mode') + 1]).toBe('all');
  }, 60_000);

  it('the canary as one object is stored as the list that the warning shows, and nothing of it is lost', async () => {
    const namespace = await installation.cluster.namespace('documents');
    const { code, stderr } = await reader.apply(block('Canary Deployments'), namespace);
    expect(code).toBe(0);
    const { spec } = (await installation.cluster.get(inferenceServiceOf(namespace, 'my-model'))) as {
      spec?: { canary?: unknown; predictor?: unknown };
    };
    const model = { modelFormat: { name: 'sklearn' } };
    const canary = [
      { predictor: { model: { ...model, storageUri: 'gs://bucket/models/v1' }, name: 'canary' }, trafficPercent: 10 },
    ];
    expect(spec?.canary).toMatchObject(canary);
    expect(spec?.predictor).toMatchObject({ model: { ...model, storageUri: 'gs://bucket/models/v2' } });
    expect(spec?.predictor).not.toHaveProperty('sklearn');
    const [, shown = ''] = /write: canary: (\[.*\])$/m.exec(stderr) ?? [];
    expect(JSON.parse(shown)).toEqual(canary);
    // What it shows is accepted without a word about canaries.
    const listed = {
      ...leastInferenceService,
      spec: { ...leastInferenceService.spec, canary: JSON.parse(shown) as unknown },
    };
    expect(await reader.apply(listed, await installation.cluster.namespace('documents'))).toMatchObject({
      code: 0,
      stderr: '',
    });
  }, 60_000);

  it('the patch that promotes the canary is stored beside it without a warning, and warned about where there is none', async () => {
    const namespace = await installation.cluster.namespace('documents');
    await reader.apply(block('Canary Deployments'), namespace);
    const patched = await reader.run(block('Blue-Green Deployments'), namespace);
    expect(patched).toEqual({ code: 0, stdout: 'inferenceservice.serving.kserve.io/my-model patched\n', stderr: '' });
    expect(await installation.cluster.get(inferenceServiceOf(namespace, 'my-model'))).toMatchObject({
      spec: { canaryTrafficPercent: 100, canary: [{ predictor: { name: 'canary' } }] },
    });
    const { code, stderr } = await reader.run(`${block('Blue-Green Deployments')} --dry-run=server`);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'Warning: spec.canaryTrafficPercent has no effect without spec.canary\n',
    });
  }, 60_000);

  it('the NetworkPolicy of the example selects the predictor’s pods and nobody else’s', async () => {
    const namespace = await installation.cluster.namespace('documents');
    expect(await reader.apply(block('Network Policies'), namespace)).toMatchObject({ code: 0, stderr: '' });
    const transformer = { containers: [{ name: 'kserve-container', image: 'example.com/transformer:1' }] };
    const object = inferenceServiceOf(namespace, 'my-model', {
      spec: { ...leastInferenceService.spec, transformer },
    });
    await installation.cluster.create(object);
    await installation.ready(object);
    const { spec } = (await installation.cluster.get({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'kserve-predictor-netpol', namespace },
    })) as unknown as { spec: { podSelector: { matchLabels: Record<string, string> } } };
    const wanted = Object.entries(spec.podSelector.matchLabels);
    const pods = await installation.pods(namespace);
    const selected = pods.filter(({ metadata }) => wanted.every(([key, value]) => metadata?.labels?.[key] === value));
    expect(pods).toHaveLength(2);
    expect(selected.map(({ metadata }) => metadata?.labels?.['app'])).toEqual(['isvc.my-model-predictor']);
  }, 60_000);

  it('the command that describes an InferenceService prints its conditions and events', async () => {
    await installation.event(myModel, 'InferenceServiceReady');
    const { code, stdout } = await reader.run(block('Debugging Commands'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Kind: +InferenceService$/m);
    expect(stdout).toMatch(/Type: +PredictorReady$/m);
    expect(stdout).toMatch(/^ +Normal +InferenceServiceReady .* InferenceService \[my-model\] is Ready$/m);
  });

  it('the command for the controller’s log finds its pod by namespace and label', async () => {
    const serving = renderEnvironment(
      environment({ name: 'test', namespaces: [{ name: 'kserve' }], serving: {} }),
    ).find(({ directory }) => directory === 'serving');
    const deployment = serving?.manifests.find(({ kind }) => kind === 'Deployment');
    if (deployment === undefined) throw new Error('serving has no Deployment');
    await installation.cluster.apply(deployment, { fieldManager: 'gitops' });
    const pod = await waitFor('the pod of the controller', async () => (await installation.pods('kserve'))[0]);
    const target = { apiVersion: 'v1', kind: 'Node', name: (await installation.pods('default'))[0]?.spec?.nodeName };
    const { namespace = '', name = '' } = pod.metadata ?? {};
    await installation.cluster.request('POST', `/api/v1/namespaces/${namespace}/pods/${name}/binding`, {
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target },
    });
    const { code, stdout, stderr } = await reader.run(block('Debugging Commands', 1));
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: logOf(namespace, name, 'manager'), stderr: '' });
  }, 60_000);

  it('the command for the model’s pods lists them', async () => {
    const { code, stdout } = await reader.run(block('Debugging Commands', 2));
    expect(code).toBe(0);
    const pods = await installation.pods('default');
    const listed = stdout.trim().split('\n').slice(1);
    expect(listed.map((line) => line.split(/\s+/).slice(0, 3))).toEqual(
      pods.map(({ metadata }) => [metadata?.name, '1/1', 'Running']),
    );
    expect(listed).toHaveLength(1);
  });

  it('the command for the model’s log finds its Deployment without the suffix -default', async () => {
    const written = block('Debugging Commands', 3);
    expect(await reader.run(written)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('deployments.apps "my-model-predictor-default" not found') as string,
    });
    const { code, stdout } = await reader.run(written.replace('-predictor-default', '-predictor'));
    const [pod] = await installation.pods('default');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: logOf('default', pod?.metadata?.name ?? '', 'kserve-container'),
    });
  });

  it('reconciliation goes the way of the document, and a second time changes nothing', async () => {
    const steps = documentBlock({ document: '5-serving-reconciliation', heading: '', index: 0 }).content;
    expect(steps).toMatch(/1\. Watch(.|\n)*7\. Update Status/);
    const namespace = await installation.cluster.namespace('documents');
    const object = inNamespace(leastInferenceService, namespace);
    await installation.cluster.create(object);
    const written = inferenceServiceOf(namespace, 'my-model');
    const { status } = await installation.ready(written);
    // 3-5: settings and mode, the runtime, a Deployment; 6-7: a route, and what is said of all of it.
    expect(status).toMatchObject({ deploymentMode: 'Standard', clusterServingRuntimeName: 'kserve-sklearnserver' });
    for (const type of ['PredictorReady', 'IngressReady', 'Ready'])
      expect(conditionOf(status, type)?.status).toBe('True');
    const children = [
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'my-model-predictor', namespace } },
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'my-model-predictor', namespace } },
      { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'my-model', namespace } },
      written,
    ];
    const versions = () =>
      Promise.all(children.map(async (child) => (await installation.cluster.get(child)).metadata.resourceVersion));
    const before = await versions();
    // Settings that say what they said wake the controller for everybody.
    const looks = await reconciles();
    const mark = await installation.cluster.audit.mark();
    const metadata = { annotations: { 'example.com/look': 'again' } };
    await installation.cluster.patch(settings, { metadata });
    await waitFor('a second look', async () => (await reconciles()) > looks);
    expect(await installation.cluster.audit.since(mark, { user: installation.user })).toEqual([]);
    expect(await versions()).toEqual(before);
  }, 60_000);
});

describe('the guide of serving', () => {
  const namespace = 'models';
  const named = (name: string) => inferenceServiceOf(namespace, name);

  beforeAll(() => installation.cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }));

  it('has examples that are accepted without a warning, and become Ready, or stopped', async () => {
    const examples = await guideBlocks('serving', 'yaml');
    const kinds = examples.flatMap((text) => loadAll(text).map((object) => (object as ObjectReference).kind));
    expect(kinds.filter((kind) => kind === 'InferenceService')).toHaveLength(5);
    for (const example of examples) expect(await reader.apply(example)).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['iris', 'iris-with-transformer', 'scoring', 'language']) await installation.ready(named(name));
    await installation.condition(named('asleep'), 'Stopped', 'True');
    expect(await installation.deployment(namespace, 'asleep-predictor')).toBeUndefined();

    const scoring = await installation.deployment(namespace, 'scoring-predictor');
    expect(scoring && mainContainer(scoring)?.args).toEqual(['--model=scoring', '--directory=/mnt/models']);
    const language = await installation.deployment(namespace, 'language-predictor');
    const [initializer] = language?.spec?.template.spec?.initContainers ?? [];
    expect(initializer?.args).toEqual([
      's3://models/base',
      '/mnt/models/base',
      's3://models/adapter',
      '/mnt/models/adapter',
    ]);

    expect(
      await reader.run('kubectl annotate --namespace models inferenceservice asleep serving.kserve.io/stop-'),
    ).toMatchObject({ code: 0 });
    await installation.ready(named('asleep'));
  }, 90_000);

  it('has commands that say what is wrong, and folders that are there', async () => {
    const commands = (await guideBlocks('serving', 'sh')).join('').trim().split('\n');
    const installs = commands.filter((command) => / (apply|scale|rollout) /.test(command));
    for (const [, folder = ''] of installs.flatMap((command) => [...command.matchAll(/-k (\S+)/g)])) {
      expect(await readdir(join(__dirname, '..', '..', folder))).toContain('kustomization.yaml');
    }
    const questions = commands.filter((command) => !installs.includes(command));
    expect(questions).toHaveLength(6);
    for (const question of questions) expect(await reader.run(question)).toMatchObject({ code: 0, stderr: '' });
    const events = await reader.run(questions.find((question) => question.includes('get events')) ?? '');
    expect(events.stdout).toMatch(/InferenceServiceReady +inferenceservice\/iris /);
  }, 60_000);

  it('has a construct whose manifest becomes Ready', async () => {
    const chart = new Chart(Testing.app(), 'models');
    const code = (await guideBlocks('serving', 'ts')).find((text) => text.startsWith('new InferenceService('));
    runInNewContext(code ?? '', { InferenceService, chart });
    const [manifest] = chart.toJson() as [ObjectReference];
    expect(await reader.apply(manifest)).toMatchObject({ code: 0, stderr: '' });
    await installation.ready(named('iris-from-code'));
  }, 60_000);

  it('has options that environments take', async () => {
    const blocks = (await guideBlocks('serving', 'ts')).filter((text) => text.startsWith('serving: {'));
    expect(blocks).toHaveLength(2);
    for (const text of blocks) {
      const options = runInNewContext(`JSON.stringify({ ${text} })`) as string;
      const shown = JSON.parse(options) as Pick<Parameters<typeof environment>[0], 'serving'>;
      expect(() => environment({ name: 'test', namespaces: [{ name: 'kserve' }], ...shown })).not.toThrow();
    }
  });

  it('names alerts that are rendered, and the lease, finalizer and field managers of the controller', async () => {
    const text = await readFile(join(__dirname, '..', '..', 'docs', 'guides', 'serving.md'), 'utf8');
    const rules = await readFile(join(__dirname, '..', '..', 'dist', 'production', 'serving', 'serving.yaml'), 'utf8');
    const alerts = [...text.matchAll(/`(SlipwayServing\w+)`/g)].map(([, name]) => name);
    expect(alerts).toHaveLength(4);
    for (const name of alerts) expect(rules).toContain(`alert: ${name}`);
    for (const { name } of Object.values(servingMetrics)) expect(text).toContain(`\`${name}\``);
    for (const name of [servingLease, inferenceServiceFinalizer, servingFieldManager, upstreamFieldManager]) {
      expect(text).toContain(`\`${name}\``);
    }
  });
});
