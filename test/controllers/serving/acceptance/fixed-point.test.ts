import { setTimeout as sleep } from 'node:timers/promises';
import { appliedAnnotation, servingConfigMap } from '../../../../definitions/names/serving';
import { componentConditions, servingEvents, servingReasons } from '../../../../definitions/names/serving-conditions';
import type { AuditEvent, AuditMark } from '../../../cluster/audit-log';
import type { ObjectReference } from '../../../cluster/unstructured-object';
import { waitFor } from '../../../cluster/wait-for';
import {
  conditionOf,
  inferenceServiceOf,
  ServingInstallation,
  type StoredInferenceService,
  type WrittenInferenceService,
} from '../serving-installation';
import { child, created, found, namespaceWithRuntime, tensorflowSpec } from './subjects';
import type { ControllerProcess } from '../../registry-sync/controller-process';

/** Where nothing is to be done nothing is written; what is not as wanted becomes so again; what is somebody else's stays as it is. */
let installation: ServingInstallation;
let controller: ControllerProcess;

/** Milliseconds in which no write must come. */
const quietMs = 20_000;

beforeAll(async () => {
  installation = await ServingInstallation.make();
  controller = await installation.start();
}, 120_000);

afterAll(() => installation?.close());

const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'kserve', name: servingConfigMap } };
const touch = (object: ObjectReference, value: string) =>
  installation.cluster.patch(object, { metadata: { annotations: { 'tests/touched': value } } });

/** What the controller wrote since a mark; leases show that it lives, not that it works. */
async function writesSince(mark: AuditMark): Promise<AuditEvent[]> {
  const asked = await installation.cluster.audit.since(mark, { user: installation.user });
  return asked.filter(
    ({ verb, resource }) => !['get', 'list', 'watch'].includes(verb) && resource !== 'leases' && resource !== undefined,
  );
}

/** A service of two components. */
const whole = {
  ...tensorflowSpec(),
  transformer: { containers: [{ name: 'kserve-container', image: 'transform:1' }] },
};

it('writes nothing more once a service is ready: not when it is looked at again, not after a restart', async () => {
  const namespace = await namespaceWithRuntime(installation, 'fixed');
  const foo = inferenceServiceOf(namespace, 'foo', { spec: whole });
  await installation.cluster.create(foo);
  await installation.until(foo, 'to serve', ({ modelStatus }) => modelStatus?.states?.activeModelState === 'Loaded');
  await installation.ready(foo);
  // The last event may still be on its way.
  await installation.event(foo, servingEvents.ready);
  const mark = await installation.cluster.audit.mark();
  const pause = quietMs / 5;
  await touch(settings, 'once');
  await sleep(pause);
  await touch(child('Deployment', foo, 'foo-predictor'), 'once');
  await touch(child('Service', foo, 'foo-transformer'), 'once');
  await sleep(pause);
  await touch(child('HorizontalPodAutoscaler', foo, 'foo-predictor'), 'once');
  await touch(child('Ingress', foo, 'foo'), 'once');
  await touch(child('ServingRuntime', foo, 'tf-serving'), 'once');
  await sleep(pause);
  expect(await controller.end('SIGTERM')).toBe('0');
  controller = await installation.start();
  await waitFor('the new process to have looked at everything', async () =>
    /controller_runtime_reconcile_total\{controller="inferenceservice",result="success"\} [1-9]/.test(
      await (await fetch(`${controller.metrics}/metrics`)).text(),
    ),
  );
  await sleep(pause * 2);
  const writes = await writesSince(mark);
  expect(writes.map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([]);
  expect((await found(installation, child('Service', foo, 'foo-transformer'))).metadata.annotations).toMatchObject({
    'tests/touched': 'once',
  });
}, 60_000);

describe('a child', () => {
  it('that somebody edits by hand is as it was at once', async () => {
    const namespace = await namespaceWithRuntime(installation, 'edited');
    const foo = await created(installation, namespace, 'foo');
    await installation.ready(foo);
    const edits = [
      ['Deployment', 'foo-predictor', { spec: { template: { spec: { terminationGracePeriodSeconds: 1 } } } }],
      ['Service', 'foo-predictor', { spec: { ports: [{ name: 'foo-predictor', port: 81, targetPort: 8080 }] } }],
      ['HorizontalPodAutoscaler', 'foo-predictor', { spec: { maxReplicas: 99 } }],
      ['Ingress', 'foo', { spec: { rules: [{ host: 'elsewhere.example.com' }] } }],
    ] as const;
    for (const [kind, name, patch] of edits) {
      const object = child(kind, foo, name);
      const before = await found(installation, object);
      await installation.cluster.patch(object, patch);
      await waitFor(`${kind} to be as it was`, async () => {
        const now = await found(installation, object);
        expect(now['spec']).toEqual(before['spec']);
        expect(Number(now.metadata.resourceVersion)).toBeGreaterThan(Number(before.metadata.resourceVersion));
        return true;
      });
    }
    await installation.ready(foo);
  });

  it('that somebody deletes is there again', async () => {
    const namespace = await namespaceWithRuntime(installation, 'deleted');
    const foo = await created(installation, namespace, 'foo');
    await installation.ready(foo);
    for (const kind of ['Deployment', 'Service', 'HorizontalPodAutoscaler'] as const) {
      const object = child(kind, foo, 'foo-predictor');
      const { uid } = (await found(installation, object)).metadata;
      await installation.cluster.remove(object);
      await waitFor(`a new ${kind}`, async () => {
        const now = await installation.cluster.find(object);
        return now !== undefined && now.metadata.uid !== uid;
      });
    }
    await installation.ready(foo);
  });
});

describe('a name that a child is to have', () => {
  const labels = { app: 'isvc.foo-predictor' };
  const deployment = (namespace: string, ownerReferences: readonly object[]) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'foo-predictor', namespace, ownerReferences, labels: { ...labels, theirs: 'yes' } },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'theirs', image: 'theirs:1' }] } },
    },
  });
  it('held by a child of an InferenceService of that name that is gone is taken over', async () => {
    const namespace = await namespaceWithRuntime(installation, 'former');
    const stale = { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', name: 'foo' };
    const foo = inferenceServiceOf(namespace, 'foo', { spec: tensorflowSpec() });
    const { uid } = (await installation.cluster.create(foo)).metadata;
    const object = child('Deployment', foo, 'foo-predictor');
    await installation.ready(foo);
    // As the garbage collector leaves it when a name is used again at once: one of before, with a uid that nobody has.
    const old = { ...stale, uid: '00000000-0000-4000-8000-000000000000', controller: true };
    const before = await found(installation, object);
    await installation.cluster.patch(object, { metadata: { ownerReferences: [old] } });
    const owners = await waitFor('the Deployment to have its owner', async () => {
      const references = (await installation.cluster.find(object))?.metadata['ownerReferences'];
      return JSON.stringify(references).includes(uid ?? '?') && (references as { uid: string; controller?: boolean }[]);
    });
    expect(owners.filter(({ controller: controls }) => controls === true)).toEqual([
      expect.objectContaining({ ...stale, uid }),
    ]);
    expect(before.metadata.annotations?.[appliedAnnotation]).toBeDefined();
  });

  it.each(['nobody', 'somebody else'])('held by an object of %s is left to it, which is said', async (who) => {
    const namespace = await namespaceWithRuntime(installation, 'foreign');
    // One that exists: the garbage collector removes what a dead owner has.
    const holder = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'theirs', namespace } };
    const { uid } = (await installation.cluster.create(holder)).metadata;
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'theirs', uid, controller: true };
    const theirs = deployment(namespace, who === 'nobody' ? [] : [reference]);
    const { metadata } = await installation.cluster.create(theirs);
    const foo = await created(installation, namespace, 'foo');
    const { status } = await installation.condition(
      foo,
      componentConditions.predictor,
      'False',
      servingReasons.notOurs,
    );
    expect(conditionOf(status, componentConditions.predictor)?.message).toContain(
      `deployments/foo-predictor in ${namespace} is needed but`,
    );
    await installation.event(foo, servingEvents.childNotOurs);
    const left = await found(installation, theirs);
    expect(left.metadata.uid).toBe(metadata.uid);
    expect(left['spec']).toMatchObject(theirs.spec);
    expect(left.metadata.labels).toEqual(theirs.metadata.labels);
    expect(left.metadata['ownerReferences'] ?? []).toEqual(theirs.metadata.ownerReferences);
  });

  it('held by an Ingress of somebody else is said of the ingress alone', async () => {
    const namespace = await namespaceWithRuntime(installation, 'foreign');
    const foo = inferenceServiceOf(namespace, 'foo', { spec: tensorflowSpec() });
    const theirs = {
      ...child('Ingress', foo, 'foo'),
      spec: { defaultBackend: { service: { name: 'theirs', port: { number: 80 } } } },
    };
    await installation.cluster.create(theirs);
    await installation.cluster.create(foo);
    await installation.condition(foo, 'IngressReady', 'False', servingReasons.notOurs);
    await installation.condition(foo, componentConditions.predictor, 'True');
    expect((await found(installation, theirs))['spec']).toMatchObject(theirs.spec);
    expect((await found(installation, theirs)).metadata['ownerReferences']).toBeUndefined();
  });
});

/** As `kubectl wait --for=condition=Ready` asks. */
function waitIsOver({ metadata, status }: StoredInferenceService): boolean {
  const ready = conditionOf(status, 'Ready');
  return ready?.status === 'True' && status?.observedGeneration === metadata.generation;
}

/** As kstatus, and with it Flux, asks: about the present generation, and no condition that says otherwise. */
const isCurrent = (stored: StoredInferenceService): boolean =>
  stored.status?.observedGeneration === stored.metadata.generation &&
  conditionOf(stored.status, 'Ready')?.status === 'True';

describe('readiness as kubectl wait and kstatus see it', () => {
  const settled = async (isvc: WrittenInferenceService) => {
    const stored = await installation.until(isvc, 'to be ready for kubectl', (_status, now) => waitIsOver(now));
    expect(isCurrent(stored)).toBe(true);
    return stored;
  };

  it('is there after a create, after a change of maxReplicas only, and after an autoscaler has scaled', async () => {
    const namespace = await namespaceWithRuntime(installation, 'ready');
    const foo = await created(installation, namespace, 'foo');
    expect((await settled(foo)).metadata.generation).toBe(1);

    await installation.cluster.patch(foo, { spec: { predictor: { maxReplicas: 5 } } });
    const changed = await installation.until(foo, 'to be ready again', (_status, now) => {
      return now.metadata.generation === 2 && waitIsOver(now);
    });
    expect(isCurrent(changed)).toBe(true);
    const autoscaler = await found(installation, child('HorizontalPodAutoscaler', foo, 'foo-predictor'));
    expect(autoscaler['spec']).toMatchObject({ maxReplicas: 5 });

    const deployment = child('Deployment', foo, 'foo-predictor');
    await installation.cluster.patch(deployment, { spec: { replicas: 3 } }, { subresource: 'scale' });
    await waitFor('three replicas to serve', async () => {
      const { status, spec } = (await installation.deployment(namespace, 'foo-predictor')) ?? {};
      return status?.availableReplicas === 3 && spec?.replicas === 3;
    });
    const scaled = await installation.until(foo, 'to count three', (now, stored) => {
      return now.modelStatus?.copies?.totalCopies === 3 && waitIsOver(stored);
    });
    expect(isCurrent(scaled)).toBe(true);
    expect((await installation.deployment(namespace, 'foo-predictor'))?.spec?.replicas).toBe(3);
  });
});
