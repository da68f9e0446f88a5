import { request as httpsRequest } from 'node:https';
import { connect } from 'node:tls';
import { registryKeys } from '../../../../definitions/names/model-registry';
import { customResourceDefinition } from '../../../../definitions/schema/custom-resource-definition';
import { inferenceServices } from '../../../../definitions/serving/inference-service';
import { waitFor } from '../../../cluster/wait-for';
import { registryFaults } from '../../../doubles/model-registry/faults';
import { inferenceServiceOf, Installation } from '../installation';

/** The process: variables, lease, endpoints (checks 13 and 14). */
let installation: Installation;

beforeAll(async () => {
  installation = await Installation.make({}, { controllerManager: 'housekeeping' });
}, 120_000);

afterAll(() => installation?.close());

const linkedWithin = async (prefix: string, labels: Record<string, string>) => {
  const object = inferenceServiceOf(await installation.cluster.namespace(prefix), 'iris', { labels });
  await installation.cluster.create(object);
  return object;
};

// First: the kind can only be removed while no object of it is held by a finalizer.
describe('check 14: readiness', () => {
  it('RS-41: /readyz fails until InferenceServices are defined and listed, and then succeeds; /healthz always does', async () => {
    const crd = customResourceDefinition(inferenceServices);
    await installation.cluster.remove(crd);
    await waitFor('the kind to be gone', async () => (await installation.cluster.find(crd)) === undefined);
    const controller = await installation.start();
    const status = async (path: string) => (await fetch(controller.health + path)).status;
    expect(await status('/healthz')).toBe(200);
    expect(await status('/readyz')).toBe(503);
    await installation.cluster.installCrds([crd]);
    await waitFor('it to be ready', async () => (await status('/readyz')) === 200);
    await installation.linked(await linkedWithin('ready', {}));
    await controller.end();
  });
});

describe('check 13: environment variables', () => {
  it('RS-30: none of them is needed', async () => {
    const controller = await installation.start();
    await installation.linked(await linkedWithin('none', {}));
    await expect(controller.end()).resolves.toBe('0');
  });

  it("all of them together are taken, as upstream's manifests set them", async () => {
    const controller = await installation.start({
      env: {
        INFERENCE_SERVICE_CONTROLLER: 'managed',
        NAMESPACE_LABEL: 'example.com/namespace',
        NAME_LABEL: 'example.com/name',
        URL_ANNOTATION: 'example.com/url',
        INFERENCE_SERVICE_ID_LABEL: 'example.com/record',
        MODEL_VERSION_ID_LABEL: 'example.com/version',
        REGISTERED_MODEL_ID_LABEL: 'example.com/model',
        FINALIZER: 'example.com/finalizer',
        SERVICE_ANNOTATION: 'modelregistry.kubeflow.org/service-url',
        REGISTRIES_NAMESPACE: 'kubeflow',
        SKIP_TLS_VERIFY: 'false',
      },
    });
    const object = await linkedWithin('all', { 'example.com/model': '1', 'example.com/version': '2' });
    const { metadata } = await waitFor('the label of the variable', async () => {
      const found = await installation.stored(object);
      return found?.metadata.labels?.['example.com/record'] === undefined ? undefined : found;
    });
    expect(metadata.finalizers).toEqual(['example.com/finalizer']);
    expect(installation.recordOf(metadata.uid)).toMatchObject({ modelVersionId: '2' });
    await installation.cluster.remove(object);
    await installation.gone(object);
    await controller.end();
  });

  it("the overview's other names for two of them are taken", async () => {
    const controller = await installation.start({
      settings: { registriesNamespace: 'nowhere' },
      env: { MODEL_REGISTRY_NAMESPACE_LABEL: 'example.com/where', MODEL_REGISTRY_URL_ANNOTATION: 'example.com/url' },
    });
    await installation.linked(await linkedWithin('aliases', { 'example.com/where': 'kubeflow' }));
    await controller.end();
  });

  it.each(['true', 'managed', 'True'])('RS-31: INFERENCE_SERVICE_CONTROLLER=%s is on', async (value) => {
    const controller = await installation.start({ env: { INFERENCE_SERVICE_CONTROLLER: value } });
    await installation.linked(await linkedWithin('on', {}));
    await controller.end();
  });

  it.each(['false', 'removed', ''])(
    'RS-31: INFERENCE_SERVICE_CONTROLLER=%j is off: healthy, idle, and says so',
    async (value) => {
      const controller = await installation.start({ env: { INFERENCE_SERVICE_CONTROLLER: value } });
      expect((await fetch(`${controller.health}/healthz`)).status).toBe(200);
      await waitFor('the line', () => controller.log.some((line) => line.includes('switched off by configuration')));
      await expect(controller.end()).resolves.toBe('0');
    },
  );
});

describe('check 13: the lease', () => {
  const lease = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'a7d60e25.kubeflow.org', namespace: 'kubeflow' },
  };
  const holder = async () =>
    ((await installation.cluster.find(lease)) as unknown as { spec?: { holderIdentity?: string } } | undefined)?.spec
      ?.holderIdentity;

  it("is upstream's, and given back on SIGTERM, so that the next one starts at once", async () => {
    const first = await installation.start({
      args: ['--leader-elect'],
      env: { POD_NAME: 'first', POD_NAMESPACE: 'kubeflow' },
    });
    await waitFor('the first to hold it', async () => (await holder())?.startsWith('first_'));
    const second = await installation.start({
      args: ['--leader-elect'],
      env: { POD_NAME: 'second', POD_NAMESPACE: 'kubeflow' },
    });
    await expect(first.end('SIGTERM')).resolves.toBe('0');
    await waitFor('the second to hold it', async () => (await holder())?.startsWith('second_'), { timeout: 10_000 });
    await installation.linked(await linkedWithin('lease', {}));
    await second.end();
  });
});

describe('check 14: the endpoints', () => {
  it('RS-41: an outage of the registry does not make it unready', async () => {
    const stop = installation.registry.inject({ fault: registryFaults.internalError });
    const controller = await installation.start();
    await waitFor('it to be ready', async () => (await fetch(`${controller.health}/readyz`)).status === 200);
    const object = await linkedWithin('outage', {});
    await installation.event(object, 'RegistryUnreachable');
    expect((await fetch(`${controller.health}/readyz`)).status).toBe(200);
    stop();
    await installation.linked(object);
    await controller.end();
  });

  it('serves metrics over HTTPS: 401 without a token, 403 without permission, 200 with it; HTTP/2 is not offered', async () => {
    const controller = await installation.start({ args: ['--metrics-secure=true'] });
    const { hostname, port } = new URL(controller.metrics);
    const status = (token?: string) =>
      new Promise<{ code: number; text: string }>((resolve, reject) => {
        const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
        const options = { hostname, port, path: '/metrics', headers, rejectUnauthorized: false };
        httpsRequest(options, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve({ code: response.statusCode ?? 0, text }));
        })
          .on('error', reject)
          .end();
      });
    const prometheus = await installation.cluster.serviceAccount('kubeflow', 'prometheus');
    expect((await status()).code).toBe(401);
    expect((await status('nonsense')).code).toBe(401);
    expect((await status(prometheus.token)).code).toBe(403);
    await installation.cluster.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'prometheus-reads-metrics' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'slipway-registry-sync-metrics-reader',
      },
      subjects: [{ kind: 'ServiceAccount', name: 'prometheus', namespace: 'kubeflow' }],
    });
    const reader = await installation.cluster.serviceAccount('kubeflow', 'prometheus');
    const allowed = await waitFor(
      'the binding to count',
      async () => {
        const answer = await status(reader.token);
        return answer.code === 200 && answer;
      },
      { timeout: 75_000 },
    );
    expect(allowed.text).toContain(
      'controller_runtime_reconcile_total{controller="inferenceservice",result="success"}',
    );
    const protocol = await new Promise<string | false | null>((resolve, reject) => {
      const socket = connect(
        { host: hostname, port: Number(port), ALPNProtocols: ['h2', 'http/1.1'], rejectUnauthorized: false },
        () => {
          resolve(socket.alpnProtocol);
          socket.end();
        },
      ).on('error', reject);
    });
    expect(protocol).not.toBe('h2');
    await controller.end();
  }, 90_000);

  it('RS-39: counts reconciles, requests, links and failures', async () => {
    const controller = await installation.start();
    await installation.linked(await linkedWithin('counted', {}));
    const lost = await linkedWithin('failed', { [registryKeys.namespace]: 'nowhere' });
    await installation.event(lost, 'RegistryNotFound');
    const text = await (await fetch(`${controller.metrics}/metrics`)).text();
    expect(text).toMatch(/slipway_registry_requests_total\{method="POST",code="201"\} [1-9]/);
    expect(text).toMatch(/slipway_registry_request_duration_seconds_count\{method="GET"\} [1-9]/);
    expect(text).toMatch(/slipway_registry_sync_linked [1-9]/);
    expect(text).toMatch(/slipway_registry_sync_failures_total\{reason="RegistryNotFound"\} [1-9]/);
    await controller.end();
  });

  it('RS-40: says nothing at level info about InferenceServices without registry labels', async () => {
    const controller = await installation.start();
    const namespace = await installation.cluster.namespace('quiet');
    const { metadata, ...rest } = inferenceServiceOf(namespace, 'somebody-elses');
    await installation.cluster.create({ ...rest, metadata: { ...metadata, labels: {} } });
    await installation.linked(await linkedWithin('loud', {}));
    expect(controller.log.filter((line) => line.includes('somebody-elses'))).toEqual([]);
    await controller.end();
  });
});
