import { App } from 'cdk8s';
import { InferenceConfig, type InferenceConfigProps } from '../../../charts-src/inference-runs/inference-config';
import { InferenceRun, type InferenceRunProps } from '../../../charts-src/inference-runs/inference-run';
import { StorageInput } from '../../../charts-src/inference-runs/storage-input';
import { StorageOutput } from '../../../charts-src/inference-runs/storage-output';
import { Component } from '../../../charts-src/kubernetes/component';
import { type Manifest, toManifest } from '../../../charts-src/kubernetes/manifest';
import { applyPasses } from '../../../charts-src/kubernetes/passes';
import { inferenceDefinitions } from '../../../definitions/inference/kinds';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import { testCluster } from '../../cluster/test-cluster';

const cluster = testCluster();
const labels = { name: 'churn', instance: 'churn', component: 'run' };

function rendered(build: (chart: Component) => unknown): readonly Manifest[] {
  const chart = new Component(new App(), 'runs', { directory: 'runs', labels });
  build(chart);
  return applyPasses(
    chart.toJson().map((object) => toManifest(object)),
    { labels, images: new Set() },
  );
}

const kserve = { modelName: 'churn', modelUrl: 'http://churn.models.svc/v2/models/churn/infer' };
const customers = StorageInput.s3({ bucket: 'data', prefix: 'customers/', credentials: 'bucket' });
const results = StorageOutput.s3({ bucket: 'data', prefix: 'churn/', credentials: 'bucket' });

const config = (props: Partial<InferenceConfigProps> = {}) =>
  rendered(
    (chart) =>
      new InferenceConfig(chart, 'Churn', {
        name: 'churn',
        namespace: 'ml',
        kserve,
        input: customers,
        output: results,
        ...props,
      }),
  );
const run = (props: Partial<InferenceRunProps> = {}) =>
  rendered(
    (chart) =>
      new InferenceRun(chart, 'Nightly', { name: 'nightly', config: { name: 'churn', namespace: 'ml' }, ...props }),
  );

describe('new InferenceConfig', () => {
  it('renders what is written, with Secrets as references of its own namespace', () => {
    const [object] = config({
      input: StorageInput.krateo({ endpoint: 'handler', path: '/compute/sklearninput', verb: 'POST' }),
      output: StorageOutput.http({ endpoint: 'sink', path: '/results', batchItems: 10 }),
      imagePullSecret: 'registry',
      autoDeletePolicy: 'DeleteOnSuccess',
    });
    expect(object).toMatchObject({
      apiVersion: 'ai.krateo.io/v1',
      kind: 'InferenceConfig',
      metadata: { name: 'churn', namespace: 'ml' },
      spec: {
        kserve,
        autoDeletePolicy: 'DeleteOnSuccess',
        credentialsRef: { name: 'registry', namespace: 'ml' },
        storage: {
          input: {
            krateo: {
              api: { endpointRef: { name: 'handler', namespace: 'ml' }, path: '/compute/sklearninput', verb: 'POST' },
            },
          },
          output: { http: { endpointRef: { name: 'sink', namespace: 'ml' }, path: '/results', batchItems: 10 } },
        },
      },
    });
  });

  it.each<[string, StorageInput, StorageOutput]>([
    ['s3', customers, results],
    [
      'http',
      StorageInput.http({ url: 'http://data.example.com/items', pagination: { type: 'link' } }),
      StorageOutput.http({ url: 'http://data.example.com/results' }),
    ],
    [
      'pvc',
      StorageInput.pvc({ claimName: 'data', path: 'in/*.csv', format: 'csv', csv: { delimiter: ';' } }),
      StorageOutput.pvc({ claimName: 'data', path: 'out', include: ['id', 'predictions'] }),
    ],
    ['configMap', StorageInput.configMap({ name: 'items', key: 'items.jsonl' }), StorageOutput.log()],
    ['inline', StorageInput.inline({ items: [{ x: 1 }, [1, 2], 'three'] }), StorageOutput.log({ maxItems: 3 })],
    [
      'krateo',
      StorageInput.krateo({ endpoint: 'handler', path: '/compute/a' }),
      StorageOutput.krateo({ endpoint: 'handler', path: '/compute/b' }),
    ],
    ['of a runner of one’s own', StorageInput.other('kafka', { topic: 'x' }), StorageOutput.other('kafka', {})],
  ])('with storage %s is accepted by the API server and stored as it is written', async (_, input, output) => {
    await cluster.installCrds(inferenceDefinitions.map(customResourceDefinition));
    const namespace = await cluster.namespace('configs');
    const [object] = config({ namespace, input, output, execution: { concurrency: 4 } });
    if (object === undefined) throw new Error('nothing is rendered');
    const stored = await cluster.apply(object, { fieldManager: 'gitops' });
    expect(stored['spec']).toEqual(object['spec']);
  });

  it.each<[string, Partial<InferenceConfigProps>, string]>([
    ['no model', { kserve: { modelName: 'churn' } }, 'spec.kserve: got neither, expected one of modelUrl'],
    [
      'two models',
      { kserve: { ...kserve, inferenceServiceRef: { name: 'churn' } } },
      'spec.kserve: got both, expected one of modelUrl',
    ],
    [
      'a number that is none',
      { autoDeleteDelaySeconds: -1 },
      'spec.autoDeleteDelaySeconds: got -1, must be at least 0',
    ],
    ['an unknown member', { execution: { speed: 1 } } as never, 'unknown key spec.execution.speed'],
  ])('with %s is refused', (_, props, message) => {
    expect(() => config(props)).toThrow(message);
  });

  it.each<[string, () => unknown, string]>([
    [
      'inline data that belongs into a file',
      () => StorageInput.inline({ items: ['x'.repeat(300_000)] }),
      'storage input inline: got 300014 bytes, at most 262144 are allowed',
    ],
    ['inline data given twice', () => StorageInput.inline({ items: [1], data: '1' }), 'needs data or items'],
    [
      'a setting that the kind does not have',
      () => StorageOutput.pvc({ claimName: 'data', folder: 'x' } as never),
      'storage output pvc: unknown key folder, allowed: claimName',
    ],
    [
      'a key beside a prefix',
      () => StorageInput.s3({ bucket: 'data', key: 'a', prefix: 'b' }),
      'needs key or prefix, and not both',
    ],
    [
      'an endpoint beside a URL',
      () => config({ output: StorageOutput.http({ url: 'http://a.example.com', endpoint: 'sink' }) }),
      'storage output http: configuration: got',
    ],
    [
      'a value that is none',
      () => StorageOutput.pvc({ claimName: 'data', partItems: 0 }),
      'storage output pvc: partItems: got 0, must be at least 1',
    ],
  ])('refuses %s where it is written', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('new InferenceRun', () => {
  it('names the config of its own namespace by name alone', () => {
    expect(run()[0]?.['spec']).toEqual({ configRef: { name: 'churn' }, timeoutSeconds: 0 });
    expect(run({ namespace: 'other' })[0]?.['spec']).toMatchObject({ configRef: { name: 'churn', namespace: 'ml' } });
  });

  it('is accepted by the API server and stored as it is written', async () => {
    await cluster.installCrds(inferenceDefinitions.map(customResourceDefinition));
    const namespace = await cluster.namespace('runs');
    const [object] = run({
      config: { name: 'churn', namespace },
      parameters: { day: 'monday' },
      schedule: '*/5 2 * * MON-FRI',
      timeZone: 'Europe/Rome',
      concurrencyPolicy: 'Forbid',
    });
    if (object === undefined) throw new Error('nothing is rendered');
    const stored = await cluster.apply(object, { fieldManager: 'gitops' });
    expect(stored['spec']).toEqual(object['spec']);
  });

  it.each<[string, Partial<InferenceRunProps>, string]>([
    ['a time zone and no schedule', { timeZone: 'Europe/Rome' }, 'spec.timeZone: needs a schedule'],
    ['a schedule that is none', { schedule: '12345' }, 'spec.schedule: got "12345", expected five fields'],
    ['a negative time-out', { timeoutSeconds: -1 }, 'spec.timeoutSeconds: got -1, must be at least 0'],
    ['too few restarts', { maxRestarts: -2 }, 'spec.maxRestarts: got -2, must be at least -1'],
  ])('with %s is refused when it is rendered', (_, props, message) => {
    expect(() => run(props)).toThrow(message);
  });
});
