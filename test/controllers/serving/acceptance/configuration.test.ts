import {
  componentConditions,
  servingConditions,
  servingEvents,
  servingReasons,
} from '../../../../definitions/names/serving-conditions';
import { caBundleConfigMap, caBundleKey, servingConfigMap } from '../../../../definitions/names/serving';
import { servingAnnotations } from '../../../../definitions/names/serving';
import { waitFor } from '../../../cluster/wait-for';
import type { ControllerProcess } from '../../registry-sync/controller-process';
import { conditionOf, inferenceServiceOf, ServingInstallation } from '../serving-installation';
import { child, created, found, mainContainer, makeAvailable, namespaceWithRuntime, tensorflowSpec } from './subjects';

/** Settings as the ConfigMap has them at each moment, and what becomes of services meanwhile. */
let installation: ServingInstallation;

const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'kserve', name: servingConfigMap } };
let controller: ControllerProcess;
/** Documents as they were installed. */
let shipped: Record<string, string>;

beforeAll(async () => {
  installation = await ServingInstallation.make({ controllerManager: 'housekeeping', kubelet: 'none' });
  shipped = { ...((await installation.cluster.get(settings))['data'] as Record<string, string>) };
  controller = await installation.start();
}, 120_000);

afterEach(() => installation.cluster.apply({ ...settings, data: shipped }, { fieldManager: 'gitops', force: true }));

afterAll(() => installation?.close());

const change = (documents: Record<string, string | null>) => installation.cluster.patch(settings, { data: documents });
const changed = (key: string, members: object) => ({
  [key]: JSON.stringify({ ...(JSON.parse(shipped[key] ?? '{}') as object), ...members }),
});
const hostsOf = async (isvc: Parameters<typeof child>[1]) => {
  const ingress = await installation.cluster.find(child('Ingress', isvc, isvc.metadata.name));
  const { rules } = (ingress?.['spec'] ?? { rules: [] }) as { rules: { host: string }[] };
  return rules.map(({ host }) => host);
};

describe('the settings', () => {
  it('are taken up within a second of a change', async () => {
    const namespace = await namespaceWithRuntime(installation, 'settings');
    const foo = await created(installation, namespace, 'foo');
    await makeAvailable(installation, foo);
    await installation.ready(foo);
    const from = performance.now();
    await change(changed('ingress', { ingressDomain: 'models.example.org' }));
    await waitFor('the hosts to be of the new domain', async () =>
      (await hostsOf(foo)).every((host) => host.endsWith('.models.example.org')),
    );
    expect(performance.now() - from).toBeLessThan(1000);
    const { status } = await installation.until(
      foo,
      'to tell its new URL',
      ({ url }) => url?.endsWith('.org') === true,
    );
    expect(status?.components?.['predictor']?.url).toBe(`http://foo-predictor-${namespace}.models.example.org`);
  });

  it('spoilt in one key touch nobody who has read it before, and are told of once', async () => {
    const namespace = await namespaceWithRuntime(installation, 'settings');
    const before = await created(installation, namespace, 'before');
    await makeAvailable(installation, before);
    await installation.ready(before);
    const hosts = await hostsOf(before);
    await change({ ingress: '{"ingressDomain": ', deploy: '{"defaultDeploymentMode": "Raw"}' });
    await installation.event(settings, servingEvents.configurationInvalid);
    const after = await created(installation, namespace, 'after');
    await makeAvailable(installation, after);
    await installation.ready(after);
    expect(await hostsOf(before)).toEqual(hosts);
    expect(await hostsOf(after)).toEqual(hosts.map((host) => host.replace('before', 'after')));
    const told = (await installation.eventsOn(settings)).filter(
      ({ reason }) => reason === servingEvents.configurationInvalid,
    );
    expect(told.map(({ note }) => /key (\w+): /.exec(note)?.[1]).sort()).toEqual(['deploy', 'ingress']);
  });

  it('of the ingress that ask for a gateway and name none are refused like any mistake', async () => {
    const namespace = await namespaceWithRuntime(installation, 'settings');
    await change(changed('ingress', { enableGatewayApi: true, kserveIngressGateway: 'nowhere' }));
    const event = await waitFor('an event about the gateway', async () =>
      (await installation.eventsOn(settings)).find(({ note }) => note.includes('kserveIngressGateway')),
    );
    expect(event.note).toContain('kserveIngressGateway should be in the format <namespace>/<name>');
    const foo = await created(installation, namespace, 'foo');
    await makeAvailable(installation, foo);
    await installation.ready(foo);
  });

  it('whose template gives no host are said of the ingress alone, and mended by a better template', async () => {
    const namespace = await namespaceWithRuntime(installation, 'settings');
    await change(changed('ingress', { domainTemplate: '{{ .Name }}_{{ .Namespace }}.{{ .IngressDomain }}' }));
    const foo = await created(installation, namespace, 'foo');
    await makeAvailable(installation, foo);
    const { status } = await installation.condition(
      foo,
      servingConditions.ingressReady,
      'False',
      servingReasons.reconcileFailed,
    );
    expect(conditionOf(status, servingConditions.ingressReady)?.message).toContain('invalid domain name');
    await installation.condition(foo, componentConditions.predictor, 'True');
    await installation.event(foo, servingEvents.internalError);
    await installation.cluster.apply({ ...settings, data: shipped }, { fieldManager: 'gitops', force: true });
    await installation.ready(foo);
  });

  it('that nobody could ever read stop only what reads them', async () => {
    const namespace = await namespaceWithRuntime(installation, 'settings');
    const other = await ServingInstallation.make({
      controllerManager: 'off',
      kubelet: 'none',
      serving: {},
    });
    try {
      await other.cluster.patch(settings, { data: { ingress: 'no document' } });
      const where = await namespaceWithRuntime(other, namespace);
      await other.start();
      const foo = await created(other, where, 'foo');
      await makeAvailable(other, foo);
      const { status } = await other.condition(foo, servingConditions.ingressReady, 'False');
      expect(conditionOf(status, servingConditions.ingressReady)?.message).toContain('key ingress: not JSON');
      await other.condition(foo, componentConditions.predictor, 'True');
    } finally {
      await other.close();
    }
  }, 60_000);

  it('that are away hold up changes, but no deletion, and are taken up when they appear', async () => {
    const namespace = await namespaceWithRuntime(installation, 'settings');
    const leaving = await created(installation, namespace, 'leaving');
    await mainContainer(installation, leaving);
    await installation.cluster.remove(settings);
    const waiting = await created(installation, namespace, 'waiting');
    await installation.cluster.remove(leaving);
    await installation.gone(leaving);
    expect((await installation.stored(waiting))?.status).toBeUndefined();
    expect(await installation.deployment(namespace, 'waiting-predictor')).toBeUndefined();
    await installation.cluster.apply({ ...settings, data: shipped }, { fieldManager: 'gitops', force: true });
    await makeAvailable(installation, waiting);
    await installation.ready(waiting);
  });
});

describe('certificates to trust', () => {
  const bundle = (data: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'kserve', name: 'corporate-certificates' },
    data,
  });
  // The spelling of upstream's fixture.
  const configured = (name: string) =>
    changed('storageInitializer', { CaBundleConfigMapName: name, caBundleConfigMapName: undefined });

  it('are copied nowhere when none are configured (case 27)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'certificates');
    await change(configured(''));
    const foo = await created(installation, namespace, 'foo');
    await mainContainer(installation, foo);
    expect(await installation.cluster.find(child('ConfigMap', foo, caBundleConfigMap))).toBeUndefined();
  });

  it('are copied nowhere when they do not exist, or lack their key, and that is said (case 27)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'certificates');
    await change(configured('corporate-certificates'));
    const foo = await created(installation, namespace, 'foo');
    const { status } = await installation.condition(foo, componentConditions.predictor, 'False');
    expect(conditionOf(status, componentConditions.predictor)).toMatchObject({
      reason: servingReasons.reconcileFailed,
      message:
        'fails to get cabundle configmap for creating to user namespace: ' +
        'failed to get configmap corporate-certificates from the cluster',
    });
    await installation.cluster.create(bundle({ 'other.crt': 'PEM' }));
    try {
      const second = await installation.until(
        foo,
        'to say that the key is missing',
        (now) =>
          conditionOf(now, componentConditions.predictor)?.message?.includes(`${caBundleKey} not found`) === true,
      );
      expect(second.status?.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'False' }));
      expect(await installation.cluster.find(child('ConfigMap', foo, caBundleConfigMap))).toBeUndefined();
    } finally {
      await installation.cluster.remove(bundle({}));
    }
  });

  it('are copied to the namespace of a service (case 27)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'certificates');
    await installation.cluster.create(bundle({ [caBundleKey]: 'PEM of ours', 'other.crt': 'PEM' }));
    try {
      await change(configured('corporate-certificates'));
      const foo = await created(installation, namespace, 'foo');
      const copy = await found(installation, child('ConfigMap', foo, caBundleConfigMap));
      expect(copy['data']).toEqual({ [caBundleKey]: 'PEM of ours' });
      expect(copy.metadata['ownerReferences']).toBeUndefined();
    } finally {
      await installation.cluster.remove(bundle({}));
    }
  });
});

describe('models that are mounted as images', () => {
  const advice = async (isvc: Parameters<typeof child>[1]) =>
    (await installation.eventsOn(isvc)).filter(({ reason }) => reason === servingEvents.ociImageVolume);

  it('have one event say what the cluster lacks for them, and no condition (§11.6, §17 row 57)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'images');
    const before = await created(installation, namespace, 'before');
    await makeAvailable(installation, before);
    await installation.ready(before);
    expect(await advice(before)).toEqual([]);
    await change(changed('storageInitializer', { ociModelMode: 'native' }));
    const { type, note } = await installation.event(before, servingEvents.ociImageVolume);
    expect(type).toBe('Normal');
    expect(note).toMatch(/^Cluster K8s 1\.34\+? has ImageVolume feature-gated \(K8s 1\.33–1\.34 beta\)\. Ensure /);
    const after = await created(installation, namespace, 'after');
    await installation.event(after, servingEvents.ociImageVolume);
    await makeAvailable(installation, after);
    const { status } = await installation.ready(after);
    expect(conditionOf(status, servingEvents.ociImageVolume)).toBeUndefined();

    await controller.end();
    controller = await installation.start();
    const later = await created(installation, namespace, 'later');
    await installation.event(later, servingEvents.ociImageVolume);
    expect([await advice(before), await advice(after)].map(({ length }) => length)).toEqual([1, 1]);
  }, 60_000);
});

describe.each(['Knative', 'ModelMesh'])('an InferenceService that asks for %s', (mode) => {
  it('is told that this is not supported, in one event, and gets no children', async () => {
    const namespace = await namespaceWithRuntime(installation, 'mode');
    const annotations = { [servingAnnotations.deploymentMode]: mode };
    const foo = await created(installation, namespace, 'foo', { annotations });
    const { status } = await installation.condition(
      foo,
      componentConditions.predictor,
      'False',
      servingReasons.unsupportedDeploymentMode,
    );
    expect(conditionOf(status, componentConditions.predictor)?.message).toContain(`deployment mode ${mode}`);
    // Argo CD takes this for degraded and everything else that is not ready for progressing.
    expect(status?.modelStatus?.transitionStatus).toBe('InvalidSpec');
    expect(status?.deploymentMode).toBeUndefined();
    await installation.cluster.patch(foo, { metadata: { labels: { touched: 'yes' } } });
    await installation.event(foo, servingEvents.unsupportedDeploymentMode);
    expect((await installation.eventsOn(foo)).map(({ reason }) => reason)).toEqual([
      servingEvents.unsupportedDeploymentMode,
    ]);
    expect(await installation.deployment(namespace, 'foo-predictor')).toBeUndefined();
    expect(await installation.cluster.find(child('Service', foo, 'foo-predictor'))).toBeUndefined();
  });

  it('is served once it asks for Standard', async () => {
    const namespace = await namespaceWithRuntime(installation, 'mode');
    const foo = inferenceServiceOf(namespace, 'foo', {
      annotations: { [servingAnnotations.deploymentMode]: mode },
      spec: tensorflowSpec(),
    });
    await installation.cluster.create(foo);
    await installation.condition(foo, componentConditions.predictor, 'False', servingReasons.unsupportedDeploymentMode);
    await installation.cluster.patch(foo, {
      metadata: { annotations: { [servingAnnotations.deploymentMode]: 'Standard' } },
    });
    await makeAvailable(installation, foo);
    expect((await installation.ready(foo)).status?.deploymentMode).toBe('Standard');
  });
});
