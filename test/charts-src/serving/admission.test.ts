import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import { servingDefinitions } from '../../../definitions/serving/kinds';
import { type RunningCluster, startCluster } from '../../cluster/start-cluster';
import { TestCluster } from '../../cluster/test-cluster';
import { waitFor } from '../../cluster/wait-for';
import { servingObjects } from './rendered-serving';

// A cluster of its own: what is refused here is refused everywhere.
let running: RunningCluster | undefined;
let cluster: TestCluster;
let namespace: string;

const webhooks = (url: string) =>
  servingObjects({ webhooks: { url } }).filter(({ kind }) => kind.endsWith('WebhookConfiguration'));
const policies = servingObjects().filter(({ kind }) => kind.startsWith('ValidatingAdmissionPolicy'));

beforeAll(async () => {
  running = await startCluster({ audit: 'off' });
  cluster = new TestCluster(running);
  await cluster.installCrds(servingDefinitions.map(customResourceDefinition));
  namespace = await cluster.namespace('admission');
}, 120_000);

afterAll(async () => {
  await cluster?.close();
  await running?.stop();
});

const one = { predictor: { name: 'canary', model: { modelFormat: { name: 'sklearn' } } }, trafficPercent: 10 };
const iris = (name: string, spec: object = {}, finalizers: readonly string[] = []) => ({
  apiVersion: 'serving.kserve.io/v1beta1',
  kind: 'InferenceService',
  metadata: { name, namespace, finalizers: [...finalizers] },
  spec: { predictor: { model: { modelFormat: { name: 'sklearn' }, storageUri: 's3://models/iris' } }, ...spec },
});
const held = ['example.com/held', 'example.com/other'];
const pathOf = (name?: string) =>
  ['/apis/serving.kserve.io/v1beta1/namespaces', namespace, 'inferenceservices', ...(name ? [name] : [])].join('/');
const created = (object: ReturnType<typeof iris>, query: Record<string, string> = {}) =>
  cluster.request('POST', pathOf(), { body: object, query });
const withoutFinalizers = (name: string) =>
  cluster.request('PATCH', pathOf(name), {
    body: { metadata: { finalizers: null } },
    contentType: 'application/merge-patch+json',
  });

describe('a spec.canary that is no list (§17 row 50)', () => {
  beforeAll(async () => {
    // Stored before there was a policy.
    await created(iris('old', { canary: one }, held));
    for (const policy of policies) await cluster.apply(policy, { fieldManager: 'gitops' });
    await waitFor(
      'the policy to be in force',
      async () => (await created(iris('probe', { canary: one }), { dryRun: 'All' })).status === 422,
    );
  });

  it.each<[string, unknown]>([
    ['one object, the older form', one],
    ['a text', 'canary'],
    ['a number', 1],
  ])('does not reach the storage: %s', async (_, canary) => {
    const { status, body } = await created(iris('refused', { canary }));
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain('spec.canary must be a list');
    expect(await cluster.find(iris('refused'))).toBeUndefined();
  });

  it('does not come by an update either', async () => {
    await created(iris('updated', { canary: [one] }));
    const body = { spec: { canary: one } };
    const contentType = 'application/merge-patch+json';
    expect(await cluster.request('PATCH', pathOf('updated'), { body, contentType })).toMatchObject({ status: 422 });
    expect(await cluster.get(iris('updated'))).toMatchObject({ spec: { canary: [one] } });
  });

  it.each<[string, object]>([
    ['none', {}],
    ['list', { canary: [one] }],
    ['empty', { canary: [] }],
  ])('is not what is refused: %s', async (name, spec) => {
    expect(await created(iris(name, spec))).toMatchObject({ status: 201 });
  });

  it('that is stored already does not keep its object from going', async () => {
    await cluster.request('DELETE', pathOf('old'));
    expect(await withoutFinalizers('old')).toMatchObject({ status: 200 });
    expect(await cluster.find(iris('old'))).toBeUndefined();
  });
});

describe('while nobody answers the webhooks', () => {
  beforeAll(async () => {
    await created(iris('going', {}, held));
    // Port 9 is nobody's.
    for (const webhook of webhooks('https://127.0.0.1:9')) await cluster.apply(webhook, { fieldManager: 'gitops' });
    await waitFor(
      'the webhooks to be asked',
      async () => (await created(iris('probe'), { dryRun: 'All' })).status === 500,
    );
  });

  it('nothing is created, and nothing that is to stay is changed', async () => {
    expect(await created(iris('new'))).toMatchObject({ status: 500 });
    expect(await cluster.find(iris('new'))).toBeUndefined();
    expect(await withoutFinalizers('going')).toMatchObject({ status: 500 });
    expect(await cluster.get(iris('going'))).toMatchObject({ metadata: { finalizers: held } });
  });

  it('an InferenceService goes: its finalizers can be taken away once it is deleted', async () => {
    expect(await cluster.request('DELETE', pathOf('going'))).toMatchObject({ status: 200 });
    expect(await cluster.find(iris('going'))).toBeDefined();
    expect(await withoutFinalizers('going')).toMatchObject({ status: 200 });
    expect(await cluster.find(iris('going'))).toBeUndefined();
  });
});
