import { customResourceDefinition } from '../../../../definitions/schema/custom-resource-definition';
import { inferenceServices } from '../../../../definitions/serving/inference-service';
import { realClock } from '../../../../controllers/runtime/clock';
import { createMetrics } from '../../../../controllers/runtime/metrics';
import type { AdmissionRequest } from '../../../../controllers/runtime/webhooks/admission-review';
import { newCertificateSet } from '../../../../controllers/runtime/webhooks/certificate-set';
import { WebhookServer, type AdmissionHandler } from '../../../../controllers/runtime/webhooks/webhook-server';
import { testCluster } from '../../../cluster/test-cluster';
import { waitFor } from '../../../cluster/wait-for';
import { logLines } from '../log-lines';
import { register, type TestWebhook } from './webhook-configuration';

const cluster = testCluster();
const certificates = newCertificateSet({ hosts: ['127.0.0.1'], lifeMs: 3_600_000, settleMs: 0 }, Date.now());
const endings: (() => Promise<unknown>)[] = [];
let namespace: string;
let count = 0;

beforeAll(async () => {
  namespace = await cluster.namespace('admission');
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A webhook server as the API server sees it, and what it was asked. */
async function serve(handle: AdmissionHandler, webhook: Partial<TestWebhook> = {}) {
  const { log, lines } = logLines();
  const metrics = createMetrics({ process: false });
  const asked: AdmissionRequest[] = [];
  const server = new WebhookServer({
    webhooks: {
      '/review': {
        name: 'test',
        handle: (request, signal) => {
          asked.push(request);
          return handle(request, signal);
        },
      },
    },
    address: { host: '127.0.0.1', port: 0 },
    certificate: () => certificates.serving,
    clock: realClock,
    log,
    metrics,
    lingerMs: 0,
    drainMs: 0,
  });
  const url = `https://${await server.listen()}/review`;
  const trusted = certificates.authority.cert;
  const unregister = await register(cluster, {
    kind: 'MutatingWebhookConfiguration',
    namespace,
    url,
    trusted,
    ...webhook,
  });
  endings.push(() => server.close(), unregister);
  // The API server learns of its webhooks through a watch.
  await waitFor('the API server to ask', async () => {
    await create().catch(() => undefined);
    return asked.length > 0;
  });
  asked.length = 0;
  return { asked, lines, server, metrics, url };
}

const configMap = (data: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `reviewed-${(count += 1)}`, namespace, labels: { reviewed: '' } },
  data,
});
const create = (data?: Readonly<Record<string, string>>) => cluster.create(configMap(data));

/** Sets `added` in an object's data, and an annotation. */
const add: AdmissionHandler = async ({ object }) => {
  const before = object as { readonly data?: object; readonly metadata: object };
  const metadata = { ...before.metadata, annotations: { 'slipway.dev/reviewed': 'yes' } };
  return { allowed: true, object: { ...before, metadata, data: { ...before.data, added: 'yes' } } };
};

describe('an object that the API server is asked to store', () => {
  it.each([['v1'], ['v1beta1']])(
    'is stored as the handler changed it: AdmissionReview %s (§17 row 47)',
    async (version) => {
      await serve(add, { versions: [version] });
      expect(await create({ given: 'too' })).toMatchObject({
        metadata: { annotations: { 'slipway.dev/reviewed': 'yes' } },
        data: { given: 'too', added: 'yes' },
      });
    },
  );

  it.each([['v1'], ['v1beta1']])('is refused with the message of the handler: AdmissionReview %s', async (version) => {
    await serve(async () => ({ allowed: false, message: 'no model is named "x"' }), {
      kind: 'ValidatingWebhookConfiguration',
      versions: [version],
    });
    const { status, body } = await cluster.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
      body: configMap(),
    });
    expect(status).toBe(403);
    expect(body).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message: expect.stringMatching(
        /^admission webhook "first\.\S+" denied the request: no model is named "x"$/,
      ) as string,
    });
  });

  it('is stored with the warnings of the handler, which the client sees', async () => {
    await serve(async () => ({ allowed: true, warnings: ['spec.canary: write a list'] }));
    const { status, warnings } = await cluster.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
      body: configMap(),
    });
    expect({ status, warnings }).toEqual({ status: 201, warnings: ['spec.canary: write a list'] });
  });

  it('is refused when the handler throws, and the next one is looked at', async () => {
    let broken = true;
    const { lines, metrics } = await serve(async (request, signal) => {
      if (broken) throw new TypeError('x is undefined');
      return add(request, signal);
    });
    const { status, body } = await cluster.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
      body: configMap(),
    });
    expect(status).toBe(500);
    expect(JSON.stringify(body)).toContain('denied the request: x is undefined');
    expect(lines).toContainEqual(expect.objectContaining({ level: 'error', msg: 'review failed: x is undefined' }));
    broken = false;
    expect(await create()).toMatchObject({ data: { added: 'yes' } });
    const text = await metrics.text();
    expect(text).toMatch(/controller_runtime_webhook_requests_total\{webhook="\/review",code="500"\} [1-9]/);
    expect(text).toMatch(/controller_runtime_webhook_requests_total\{webhook="\/review",code="200"\} 1/);
    expect(text).toMatch(/controller_runtime_webhook_panics_total [1-9]/);
    expect(text).toContain('controller_runtime_webhook_requests_in_flight{webhook="/review"} 0');
  });

  it('is refused before the API server gives up when the handler does not come to an end', async () => {
    let aborted = 0;
    await serve(
      async (_, signal) => {
        signal.addEventListener('abort', () => (aborted += 1));
        return Promise.withResolvers<never>().promise;
      },
      { timeout: 1 },
    );
    await expect(create()).rejects.toThrow('denied the request: not done within 0.9 s');
    expect(aborted).toBeGreaterThan(0);
  });

  it('comes with its operation, its author and what it was before', async () => {
    const { asked } = await serve(async () => ({ allowed: true }));
    const object = await create({ value: '1' });
    await cluster.patch(object, { data: { value: '2' } });
    const { name } = object.metadata;
    expect(asked).toEqual([
      expect.objectContaining({ operation: 'CREATE', name, namespace, dryRun: false, oldObject: null }),
      expect.objectContaining({
        operation: 'UPDATE',
        name,
        object: expect.objectContaining({ data: { value: '2' } }) as object,
        oldObject: expect.objectContaining({ data: { value: '1' } }) as object,
      }),
    ]);
    expect(asked[0]?.userInfo).toMatchObject({ username: 'admin' });
    expect(asked[0]?.kind).toEqual({ group: '', version: 'v1', kind: 'ConfigMap' });
  });
});

it('deletes an InferenceService while its webhook is down', async () => {
  await cluster.installCrds([customResourceDefinition(inferenceServices)]);
  const { group, version, plural: resource, kind } = inferenceServices;
  const isvc = (name: string) => ({
    apiVersion: `${group}/${version}`,
    kind,
    metadata: { name, namespace },
    spec: { predictor: { model: { modelFormat: { name: 'sklearn' }, storageUri: 'gs://bucket/model' } } },
  });
  const iris = isvc('iris');
  await cluster.create(iris);
  const url = 'https://127.0.0.1:1/nobody-is-there';
  const rule = { group, version, resource };
  endings.push(await register(cluster, { kind: 'ValidatingWebhookConfiguration', namespace, url, rule }));
  await waitFor('the API server to ask in vain', async () => {
    await expect(cluster.create(isvc(`probe-${(count += 1)}`))).rejects.toThrow('failed calling webhook');
    return true;
  });
  await expect(cluster.patch(iris, { metadata: { labels: { a: 'b' } } })).rejects.toThrow('failed calling webhook');
  await cluster.remove(iris);
  expect(await cluster.find(iris)).toBeUndefined();
});
