import { servingConfigMap } from '../../../../definitions/names/serving';
import { servingConditions, servingReasons } from '../../../../definitions/names/serving-conditions';
import { waitFor } from '../../../cluster/wait-for';
import {
  conditionOf,
  inferenceServiceOf,
  ServingInstallation,
  type WrittenInferenceService,
} from '../serving-installation';
import { child, created, found, makeAvailable, namespaceWithRuntime, tensorflowSpec } from './subjects';

/** The ways in, on a cluster that gets the Gateway API only when the first tests are over; gateways are the tests themselves. */
let installation: ServingInstallation;

const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'kserve', name: servingConfigMap } };
let shipped: Record<string, string>;

beforeAll(async () => {
  installation = await ServingInstallation.make({ controllerManager: 'housekeeping', kubelet: 'none' });
  shipped = { ...((await installation.cluster.get(settings))['data'] as Record<string, string>) };
  await installation.start();
}, 120_000);

afterAll(() => installation?.close());

const configure = (key: string, members: object) =>
  installation.cluster.apply(
    {
      ...settings,
      data: { ...shipped, [key]: JSON.stringify({ ...(JSON.parse(shipped[key] ?? '{}') as object), ...members }) },
    },
    { fieldManager: 'gitops', force: true },
  );

const transformer = { containers: [{ name: 'kserve-container', image: 'transformer:1' }] };
const explainer = { art: { type: 'SquareAttack', config: { nb_classes: '10' } } };

describe('with Ingresses', () => {
  const rule = (host: string, name: string) => ({
    host,
    http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { number: 80 } } } }] },
  });

  it('an InferenceService has a rule for itself and one for its predictor (case 41)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'ingress');
    const foo = await created(installation, namespace, 'foo');
    await makeAvailable(installation, foo);
    const { status } = await installation.ready(foo);
    const ingress = await found(installation, child('Ingress', foo, 'foo'));
    expect(ingress['spec']).toEqual({
      ingressClassName: 'istio',
      rules: [
        rule(`foo-${namespace}.example.com`, 'foo-predictor'),
        rule(`foo-predictor-${namespace}.example.com`, 'foo-predictor'),
      ],
    });
    expect(ingress['status']).toEqual({ loadBalancer: {} });
    expect(status?.url).toBe(`http://foo-${namespace}.example.com`);
  });

  it('each component has a rule of its own, and the first one is the way in (case 41)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'ingress');
    const spec = { ...tensorflowSpec(), transformer, explainer };
    const foo = await created(installation, namespace, 'foo', { spec });
    await makeAvailable(installation, foo, 'predictor', 'transformer', 'explainer');
    await installation.ready(foo);
    const ingress = await found(installation, child('Ingress', foo, 'foo'));
    expect((ingress['spec'] as { rules: object[] }).rules).toEqual([
      rule(`foo-explainer-${namespace}.example.com`, 'foo-explainer'),
      rule(`foo-${namespace}.example.com`, 'foo-transformer'),
      rule(`foo-transformer-${namespace}.example.com`, 'foo-transformer'),
      rule(`foo-predictor-${namespace}.example.com`, 'foo-predictor'),
    ]);
  });

  it.each([
    ['no port is said', {}, '8080'],
    ['the container says its port', { ports: [{ containerPort: 8888, protocol: 'TCP' }] }, '8888'],
  ])('a headless Service has its port in the address: %s (case 45)', async (_what, model, port) => {
    const namespace = await namespaceWithRuntime(installation, 'headless');
    await configure('service', { serviceClusterIPNone: true });
    const foo = await created(installation, namespace, 'foo', { spec: tensorflowSpec(model) });
    await makeAvailable(installation, foo);
    const { status } = await installation.ready(foo);
    expect(status?.address?.url).toBe(`http://foo-predictor.${namespace}.svc.cluster.local:${port}`);
    expect((await found(installation, child('Service', foo, 'foo-predictor')))['spec']).toMatchObject({
      clusterIP: 'None',
    });
    await configure('service', {});
  });
});

it('HTTPRoutes that are wanted are said to be impossible until the Gateway API is there, and then made', async () => {
  await configure('ingress', { enableGatewayApi: true });
  const namespace = await namespaceWithRuntime(installation, 'later');
  const foo = await created(installation, namespace, 'foo');
  await makeAvailable(installation, foo);
  await installation.condition(foo, servingConditions.ingressReady, 'False', servingReasons.gatewayApiNotInstalled);
  await installation.condition(foo, servingConditions.predictorReady, 'True');
  await installation.cluster.installForeignCrds('gateway-api');
  await waitFor('the route of the InferenceService', () => installation.cluster.find(child('HTTPRoute', foo, 'foo')), {
    timeout: 90_000,
  });
}, 120_000);

describe('with HTTPRoutes', () => {
  const gateway = { group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'kserve' };
  const parentRefs = [{ ...gateway, name: 'kserve-ingress-gateway' }];
  const rule = (
    { metadata: { namespace, name } }: WrittenInferenceService,
    component: string,
    value = '^/.*$',
    timeout = '60s',
  ) => ({
    matches: [{ path: { type: 'RegularExpression', value } }],
    filters: [
      {
        type: 'RequestHeaderModifier',
        requestHeaderModifier: {
          set: [
            { name: 'KServe-Isvc-Name', value: name },
            { name: 'KServe-Isvc-Namespace', value: namespace },
          ],
        },
      },
    ],
    backendRefs: [{ group: '', kind: 'Service', name: `${name}-${component}`, namespace, port: 80, weight: 1 }],
    timeouts: { request: timeout },
  });
  const explain = '^/v1/models/[\\w-]+:explain$';

  /** Says of a route what its gateway says. */
  const answer = async (
    isvc: WrittenInferenceService,
    route: string,
    refusal?: { reason: string; message: string },
  ) => {
    const object = child('HTTPRoute', isvc, route);
    await found(installation, object);
    const about = { lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: 1 };
    const accepted = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'Route accepted.', ...about };
    const conditions = [refusal === undefined ? accepted : { ...accepted, status: 'False', ...refusal }];
    const parents = [{ controllerName: 'tests/gateway', parentRef: { name: 'kserve-ingress-gateway' }, conditions }];
    await installation.cluster.patch(object, { status: { parents } }, { subresource: 'status' });
  };
  const routed = async (isvc: WrittenInferenceService, ...components: readonly string[]) => {
    await makeAvailable(installation, isvc, ...components);
    for (const component of components) await answer(isvc, `${isvc.metadata.name}-${component}`);
    await answer(isvc, isvc.metadata.name);
    return installation.ready(isvc);
  };
  const specOf = async (isvc: WrittenInferenceService, name: string) =>
    (await found(installation, child('HTTPRoute', isvc, name)))['spec'] as { hostnames: string[]; rules: object[] };

  beforeEach(() => configure('ingress', { enableGatewayApi: true }));

  it('an InferenceService has one for itself and one for its predictor, and upstream’s status (case 29, §11.7)', async () => {
    await configure('ingress', {
      enableGatewayApi: true,
      additionalIngressDomains: ['additional.example.com'],
    });
    const namespace = await namespaceWithRuntime(installation, 'routes');
    const foo = await created(installation, namespace, 'foo', { spec: tensorflowSpec({}, { timeout: 30 }) });
    await makeAvailable(installation, foo);
    const top = `foo-${namespace}`;
    await found(installation, child('HTTPRoute', foo, 'foo'));
    expect(await specOf(foo, 'foo')).toEqual({
      parentRefs,
      hostnames: [`${top}.example.com`, `${top}.additional.example.com`],
      rules: [rule(foo, 'predictor', '^/.*$', '30s')],
    });
    expect(await specOf(foo, 'foo-predictor')).toEqual({
      parentRefs,
      hostnames: [`foo-predictor-${namespace}.example.com`],
      rules: [rule(foo, 'predictor', '^/.*$', '30s')],
    });
    await installation.condition(foo, servingConditions.ingressReady, 'False', servingReasons.parentStatusNotAvailable);
    const { status, metadata } = await routed(foo, 'predictor');
    const time: unknown = expect.any(String);
    expect(status).toEqual({
      conditions: [
        { type: 'IngressReady', status: 'True', lastTransitionTime: time },
        { type: 'PredictorReady', status: 'True', lastTransitionTime: time },
        { type: 'Ready', status: 'True', lastTransitionTime: time },
        { type: 'Stopped', status: 'False', severity: 'Info', lastTransitionTime: time },
      ],
      url: `http://${top}.example.com`,
      address: { url: `http://foo-predictor.${namespace}.svc.cluster.local` },
      components: { predictor: { url: `http://foo-predictor-${namespace}.example.com` } },
      modelStatus: {
        transitionStatus: 'InProgress',
        states: { activeModelState: '', targetModelState: 'Pending' },
        copies: { failedCopies: 0 },
      },
      deploymentMode: 'Standard',
      servingRuntimeName: 'tf-serving',
      // §17 row 16: that of the InferenceService itself.
      observedGeneration: metadata.generation,
    });
    expect(await installation.cluster.find(child('Ingress', foo, 'foo'))).toBeUndefined();
  });

  it('a refusal of the gateway is told in its own words', async () => {
    const namespace = await namespaceWithRuntime(installation, 'routes');
    const foo = await created(installation, namespace, 'foo');
    await makeAvailable(installation, foo);
    const refusal = { reason: 'NoMatchingParent', message: 'no listener fits' };
    await answer(foo, 'foo-predictor', refusal);
    const { status } = await installation.condition(foo, servingConditions.ingressReady, 'False', refusal.reason);
    expect(conditionOf(status, servingConditions.ingressReady)?.message).toBe(`Predictor ${refusal.message}`);
    await routed(foo, 'predictor');
  });

  it('none is made where creation is off, and the service is ready with its URLs (case 36)', async () => {
    await configure('ingress', { enableGatewayApi: true, disableIngressCreation: true });
    const namespace = await namespaceWithRuntime(installation, 'internal');
    const foo = await created(installation, namespace, 'foo');
    await makeAvailable(installation, foo);
    const { status } = await installation.ready(foo);
    expect(status?.url).toBe(`http://foo-${namespace}.example.com`);
    expect(status?.address?.url).toBe(`http://foo-predictor.${namespace}.svc.cluster.local`);
    expect(await installation.cluster.list(child('HTTPRoute', foo, ''), namespace)).toEqual([]);
  });

  it('hosts and URLs follow the template of domains (case 37)', async () => {
    const domainTemplate = '{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}';
    await configure('ingress', { enableGatewayApi: true, domainTemplate });
    const namespace = await namespaceWithRuntime(installation, 'template');
    const foo = await created(installation, namespace, 'foo');
    const { status } = await routed(foo, 'predictor');
    expect((await specOf(foo, 'foo')).hostnames).toEqual([`foo.${namespace}.example.com`]);
    expect((await specOf(foo, 'foo-predictor')).hostnames).toEqual([`foo-predictor.${namespace}.example.com`]);
    expect(status?.url).toBe(`http://foo.${namespace}.example.com`);
    expect(status?.components?.['predictor']?.url).toBe(`http://foo-predictor.${namespace}.example.com`);
  });

  it('a transformer is the way in, with a route of its own (case 38)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'routes');
    const foo = await created(installation, namespace, 'foo', { spec: { ...tensorflowSpec(), transformer } });
    const { status } = await routed(foo, 'predictor', 'transformer');
    expect((await specOf(foo, 'foo')).rules).toEqual([rule(foo, 'transformer')]);
    expect((await specOf(foo, 'foo-predictor')).rules).toEqual([rule(foo, 'predictor')]);
    expect((await specOf(foo, 'foo-transformer')).rules).toEqual([rule(foo, 'transformer')]);
    expect(status?.address?.url).toBe(`http://foo-transformer.${namespace}.svc.cluster.local`);
    const autoscalers = await installation.cluster.list(child('HorizontalPodAutoscaler', foo, ''), namespace);
    expect(autoscalers.map(({ metadata }) => metadata.name).sort()).toEqual(['foo-predictor', 'foo-transformer']);
  });

  it('explanations go to the explainer before anything else is looked at (case 39)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'routes');
    const foo = await created(installation, namespace, 'foo', { spec: { ...tensorflowSpec(), explainer } });
    await routed(foo, 'predictor', 'explainer');
    expect((await specOf(foo, 'foo')).rules).toEqual([rule(foo, 'explainer', explain), rule(foo, 'predictor')]);
    expect((await specOf(foo, 'foo-explainer')).rules).toEqual([rule(foo, 'explainer')]);
    const deployment = await installation.deployment(namespace, 'foo-explainer');
    const [container] = deployment?.spec?.template.spec?.containers ?? [];
    expect(container?.args?.join(' ')).toMatch(
      new RegExp(`^--model_name foo --http_port 8080 --predictor_host foo-predictor\\.${namespace}( |$)`),
    );
  });

  it('paths lead to a service beside its host (case 40)', async () => {
    await configure('ingress', { enableGatewayApi: true, pathTemplate: '/serving/{{ .Namespace }}/{{ .Name }}' });
    const namespace = await namespaceWithRuntime(installation, 'paths');
    const foo = inferenceServiceOf(namespace, 'foo', { spec: { ...tensorflowSpec(), explainer } });
    await installation.cluster.create(foo);
    const { status } = await routed(foo, 'predictor', 'explainer');
    const path = `/serving/${namespace}/foo`;
    const { hostnames, rules } = await specOf(foo, 'foo');
    expect(hostnames).toEqual([`foo-${namespace}.example.com`, 'example.com']);
    expect(rules).toEqual([
      rule(foo, 'explainer', explain),
      rule(foo, 'predictor'),
      rule(foo, 'explainer', `${path}(/v1/models/[\\w-]+:explain)$`),
      rule(foo, 'predictor', `${path}/`),
    ]);
    expect(status?.url).toBe(`http://foo-${namespace}.example.com`);
  });
});
