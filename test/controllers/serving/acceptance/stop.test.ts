import { servingConfigMap, stopAnnotation } from '../../../../definitions/names/serving';
import {
  componentConditions,
  servingConditions,
  servingReasons,
} from '../../../../definitions/names/serving-conditions';
import { waitFor } from '../../../cluster/wait-for';
import type { ObjectReference } from '../../../cluster/unstructured-object';
import {
  conditionOf,
  inferenceServiceOf,
  ServingInstallation,
  type WrittenInferenceService,
} from '../serving-installation';
import { child, found, makeAvailable, namespaceWithRuntime, tensorflowSpec } from './subjects';

/** Stopping and resuming by annotation: {Ingress, HTTPRoute} × components; KEDA and OpenTelemetry come later. */
let installation: ServingInstallation;

beforeAll(async () => {
  installation = await ServingInstallation.make({ controllerManager: 'housekeeping', kubelet: 'none' });
  await installation.cluster.installForeignCrds('gateway-api');
  await installation.start();
}, 120_000);

afterAll(() => installation?.close());

const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'kserve', name: servingConfigMap } };

const transformer = { containers: [{ name: 'kserve-container', image: 'transformer:1' }] };
const explainer = { art: { type: 'SquareAttack', config: { nb_classes: '10' } } };
const variants = [
  ['a predictor', ['predictor'], {}],
  ['a predictor and a transformer', ['predictor', 'transformer'], { transformer }],
  ['a predictor and an explainer', ['predictor', 'explainer'], { explainer }],
] as const;
type Component = (typeof variants)[number][1][number];

describe.each(['Ingress', 'HTTPRoute'] as const)('with %s', (kind) => {
  beforeAll(async () => {
    const { data } = (await installation.cluster.get(settings)) as unknown as { data: Record<string, string> };
    const ingress = JSON.parse(data['ingress'] ?? '{}') as object;
    const enableGatewayApi = kind === 'HTTPRoute';
    await installation.cluster.patch(settings, { data: { ingress: JSON.stringify({ ...ingress, enableGatewayApi }) } });
  });

  describe.each(variants)('%s', (_what, components, more) => {
    const subject = (namespace: string, stop: string): WrittenInferenceService =>
      inferenceServiceOf(namespace, 'foo', {
        annotations: { [stopAnnotation]: stop },
        spec: { ...tensorflowSpec(), ...more },
      });
    const workloads = (foo: WrittenInferenceService): ObjectReference[] =>
      components.flatMap((component) =>
        (['Deployment', 'Service', 'HorizontalPodAutoscaler'] as const).map((one) =>
          child(one, foo, `foo-${component}`),
        ),
      );
    const ways = (foo: WrittenInferenceService): ObjectReference[] =>
      kind === 'Ingress'
        ? [child(kind, foo, 'foo')]
        : [child(kind, foo, 'foo'), ...components.map((component) => child(kind, foo, `foo-${component}`))];
    const all = (foo: WrittenInferenceService) => [...workloads(foo), ...ways(foo)];

    const serve = async (foo: WrittenInferenceService) => {
      await makeAvailable(installation, foo, ...components);
      for (const way of kind === 'HTTPRoute' ? ways(foo) : []) {
        await found(installation, way);
        const about = { lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: 1 };
        const accepted = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'accepted', ...about };
        const parent = { controllerName: 'tests/gateway', parentRef: { name: 'gateway' }, conditions: [accepted] };
        await installation.cluster.patch(way, { status: { parents: [parent] } }, { subresource: 'status' });
      }
      const { status } = await installation.ready(foo);
      expect(conditionOf(status, servingConditions.stopped)?.status).toBe('False');
      for (const object of all(foo)) await found(installation, object);
    };
    const stopped = async (foo: WrittenInferenceService) => {
      const { status } = await installation.condition(foo, servingConditions.stopped, 'True');
      const types = [
        ...components.map((component: Component) => componentConditions[component]),
        'IngressReady',
        'Ready',
      ];
      for (const type of types) {
        expect(conditionOf(status, type)).toMatchObject({ status: 'False', reason: servingReasons.stopped });
      }
      expect(status).toMatchObject({ deploymentMode: 'Standard' });
      for (const gone of ['url', 'address', 'components', 'modelStatus']) expect(status).not.toHaveProperty(gone);
      await waitFor('nothing to be left', async () =>
        (await Promise.all(all(foo).map((object) => installation.cluster.find(object)))).every(
          (object) => object === undefined,
        ),
      );
    };
    const annotate = (foo: WrittenInferenceService, value: string | null) =>
      installation.cluster.patch(foo, { metadata: { annotations: { [stopAnnotation]: value } } });

    it('runs while stop is false, goes when it becomes true, and comes back (case 33)', async () => {
      const foo = subject(await namespaceWithRuntime(installation, 'stop'), 'false');
      await installation.cluster.create(foo);
      await serve(foo);
      await annotate(foo, 'True');
      await stopped(foo);
      await annotate(foo, null);
      await serve(foo);
    });

    it('is not made where stop is true from the start (case 33)', async () => {
      const foo = subject(await namespaceWithRuntime(installation, 'stop'), 'true');
      await installation.cluster.create(foo);
      await stopped(foo);
    });
  });
});
