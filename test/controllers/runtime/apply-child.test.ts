import { randomUUID } from 'node:crypto';
import type { V1Container, V1Deployment, V1Ingress, V1Service } from '@kubernetes/client-node';
import {
  ensureChild,
  removeChild,
  type ChildToEnsure,
  type LeftFields,
} from '../../../controllers/runtime/apply-child';
import { ChildNotOurs, controllerReference, type ChildOwner } from '../../../controllers/runtime/child-ownership';
import type { ObjectToSend } from '../../../controllers/runtime/client';
import { Store } from '../../../controllers/runtime/store';
import type { ApiResource, KubernetesObject } from '../../../definitions/kubernetes/api-resource';
import { deployments, ingresses, services, type Stored } from '../../../definitions/kubernetes/core-resources';
import { httpRoutes, type HttpRoute } from '../../../definitions/kubernetes/gateway-resources';
import { appliedAnnotation } from '../../../definitions/names/serving';
import { testCluster } from '../../cluster/test-cluster';
import { runtimeClient } from './runtime-client';

type Deployment = Stored<V1Deployment>;
type Service = Stored<V1Service>;

const cluster = testCluster();
const { client, connection } = runtimeClient({ url: cluster.url, ca: cluster.ca, token: cluster.adminToken });
let namespace: string;

beforeAll(async () => {
  namespace = await cluster.namespace('children');
});
afterAll(() => connection.close());

/** Of a kind that the garbage collector does not know, so that it lets the children of dead owners be. */
const newOwner = (): ChildOwner => ({
  apiVersion: 'unknown.slipway.dev/v1',
  kind: 'InferenceService',
  name: 'iris',
  uid: randomUUID(),
});

const writer = { fieldManager: 'slipway-test', formerManagers: ['manager'] };

/** What a reconcile tells its controller. */
function context() {
  const wrote: KubernetesObject[] = [];
  const deleted: KubernetesObject[] = [];
  return {
    signal: AbortSignal.timeout(30_000),
    told: { wrote, deleted },
    wrote: (_store: unknown, object: KubernetesObject) => void wrote.push(object),
    deleted: (_store: unknown, object: KubernetesObject) => void deleted.push(object),
  };
}

function child<T extends KubernetesObject>(resource: ApiResource<T>, owner: ChildOwner, desired: ObjectToSend<T>) {
  const store = new Store<T>((error) => {
    throw error;
  });
  return { ...writer, client, resource, store, owner, desired };
}

/** One pass as a reconcile makes it: on what the store shows. */
async function pass<T extends KubernetesObject>(wanted: Omit<ChildToEnsure<T>, 'live' | 'context'>, left?: LeftFields) {
  const live = await client.get(wanted.resource, refOf(wanted.desired));
  return ensureChild({ ...wanted, live, context: context(), ...(left !== undefined && { left }) });
}

const refOf = ({ metadata }: Pick<KubernetesObject, 'metadata'>) => ({ name: metadata.name, namespace });
const stored = async <T extends KubernetesObject>(resource: ApiResource<T>, name: string): Promise<T> => {
  const object = await client.get(resource, { name, namespace });
  if (object === undefined) throw new Error(`${resource.plural}/${name} is not there`);
  return object;
};

interface Wanted {
  readonly labels?: Record<string, string>;
  readonly container?: Partial<V1Container>;
  readonly replicas?: number;
}

function deployment(
  name: string,
  owner: ChildOwner,
  { labels, container, replicas }: Wanted = {},
): ObjectToSend<Deployment> {
  const podLabels = { app: name };
  return {
    metadata: { name, namespace, labels: { ...podLabels, ...labels }, ownerReferences: [controllerReference(owner)] },
    spec: {
      ...(replicas !== undefined && { replicas }),
      selector: { matchLabels: podLabels },
      template: {
        metadata: { labels: podLabels },
        spec: {
          containers: [
            {
              name: 'main',
              image: 'server:1',
              args: ['--port', '8080'],
              env: [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
              ports: [{ containerPort: 8080 }],
              resources: { limits: { cpu: '1000m', memory: '2048Mi' } },
              ...container,
            },
          ],
        },
      },
    },
  };
}

function service(name: string, owner: ChildOwner): ObjectToSend<Service> {
  return {
    metadata: { name, namespace, ownerReferences: [controllerReference(owner)] },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] },
  };
}

const mainOf = ({ spec }: Deployment) => spec?.template.spec?.containers[0];
const ref = (kind: 'Deployment' | 'Service', name: string) => ({
  apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1',
  kind,
  metadata: { name, namespace },
});

describe('a child', () => {
  it('is made when there is none, and the controller is told', async () => {
    const owner = newOwner();
    const told = context();
    const wanted = child(deployments, owner, deployment('made', owner));
    expect(await ensureChild({ ...wanted, live: undefined, context: told })).toBe('created');
    const made = await stored(deployments, 'made');
    expect(made.metadata.ownerReferences).toEqual([controllerReference(owner)]);
    expect(made.metadata.annotations?.[appliedAnnotation]).toMatch(/^[\w-]{43}$/);
    expect(told.told.wrote.map(({ metadata }) => metadata.uid)).toEqual([made.metadata.uid]);
  });

  it('is made in one request, fields and all ours', async () => {
    const owner = newOwner();
    const wanted = child(deployments, owner, deployment('at-once', owner, { labels: { tier: 'gold' } }));
    const mark = await cluster.audit.mark();
    await ensureChild({ ...wanted, live: undefined, context: context() });
    const asked = (await cluster.audit.since(mark)).filter(({ name }) => name === 'at-once');
    expect(asked.map(({ verb, code }) => [verb, code])).toEqual([['patch', 201]]);
    const less = child(deployments, owner, deployment('at-once', owner));
    await pass(less);
    expect((await stored(deployments, 'at-once')).metadata.labels).toEqual({ app: 'at-once' });
  });

  it('that is being made by another process at the same time is made once', async () => {
    const owner = newOwner();
    const wanted = child(deployments, owner, deployment('raced', owner));
    const outcomes = await Promise.all(
      [1, 2, 3, 4].map(() => ensureChild({ ...wanted, live: undefined, context: context() })),
    );
    expect(outcomes.toSorted()).toEqual(['created', 'unchanged', 'unchanged', 'unchanged']);
  });

  it('that is as desired costs no request, whatever the order of members and after a restart', async () => {
    const owner = newOwner();
    await pass(child(deployments, owner, deployment('settled', owner)));
    await pass(child(services, owner, service('settled', owner)));
    const liveDeployment = await stored(deployments, 'settled');
    const liveService = await stored(services, 'settled');
    const mark = await cluster.audit.mark();
    const { metadata, spec } = deployment('settled', owner);
    for (const desired of [
      { metadata, spec },
      { spec, metadata },
    ] as ObjectToSend<Deployment>[]) {
      const again = child(deployments, owner, desired);
      expect(await ensureChild({ ...again, live: liveDeployment, context: context() })).toBe('unchanged');
    }
    const again = child(services, owner, service('settled', owner));
    expect(await ensureChild({ ...again, live: liveService, context: context() })).toBe('unchanged');
    const requests = await cluster.audit.since(mark);
    expect(requests.filter((request) => request.namespace === namespace)).toEqual([]);
  });

  it('follows what is desired: what is dropped goes, what others added stays', async () => {
    const owner = newOwner();
    const before = deployment('follows', owner, { labels: { old: 'ours' } });
    await pass(child(deployments, owner, before));
    await cluster.patch(ref('Deployment', 'follows'), {
      metadata: { labels: { theirs: 'kept' }, annotations: { theirs: 'kept' } },
    });
    const desired = deployment('follows', owner, { container: { env: [{ name: 'B', value: '2' }] } });
    expect(await pass(child(deployments, owner, desired))).toBe('applied');
    const live = await stored(deployments, 'follows');
    expect(live.metadata.labels).toEqual({ app: 'follows', theirs: 'kept' });
    expect(live.metadata.annotations).toMatchObject({ theirs: 'kept' });
    expect(mainOf(live)?.env).toEqual([{ name: 'B', value: '2' }]);
    expect(await pass(child(deployments, owner, desired))).toBe('unchanged');
  });

  it('keeps the replicas that an autoscaler has set, through changes (case 32)', async () => {
    const owner = newOwner();
    await pass(child(deployments, owner, deployment('scaled', owner)));
    await cluster.patch(ref('Deployment', 'scaled'), { spec: { replicas: 4 } }, { subresource: 'scale' });
    expect(await pass(child(deployments, owner, deployment('scaled', owner)))).toBe('unchanged');
    const changed = deployment('scaled', owner, { container: { image: 'server:2' } });
    expect(await pass(child(deployments, owner, changed))).toBe('applied');
    expect((await stored(deployments, 'scaled')).spec?.replicas).toBe(4);
  });

  it('keeps its replicas when they are left to an autoscaler', async () => {
    const owner = newOwner();
    await pass(child(deployments, owner, deployment('released', owner, { replicas: 5 })));
    const desired = deployment('released', owner);
    const left = { fields: { spec: { replicas: 5 } }, wereOurs: true };
    expect(await pass(child(deployments, owner, desired), left)).toBe('applied');
    expect((await stored(deployments, 'released')).spec?.replicas).toBe(5);
    await cluster.patch(ref('Deployment', 'released'), { spec: { replicas: 2 } }, { subresource: 'scale' });
    expect(await pass(child(deployments, owner, desired))).toBe('unchanged');
    expect(await pass(child(deployments, owner, deployment('released', owner, { replicas: 3 })))).toBe('applied');
    expect((await stored(deployments, 'released')).spec?.replicas).toBe(3);
  });

  it('that is being deleted is left alone', async () => {
    const owner = newOwner();
    await pass(child(services, owner, service('ending', owner)));
    await cluster.patch(ref('Service', 'ending'), { metadata: { finalizers: ['example.com/held'] } });
    await cluster.remove(ref('Service', 'ending'));
    const desired = service('ending', owner);
    const changed = { ...desired, metadata: { ...desired.metadata, labels: { a: '1' } } };
    expect(await pass(child(services, owner, changed))).toBe('unchanged');
    await cluster.patch(ref('Service', 'ending'), { metadata: { finalizers: null } });
  });

  it('that was deleted behind the store is not made by a change meant for the old one', async () => {
    const owner = newOwner();
    await pass(child(services, owner, service('behind', owner)));
    const live = await stored(services, 'behind');
    await cluster.remove(ref('Service', 'behind'));
    const desired = service('behind', owner);
    const changed = { ...desired, metadata: { ...desired.metadata, labels: { a: '1' } } };
    const late = ensureChild({ ...child(services, owner, changed), live, context: context() });
    await expect(late).rejects.toMatchObject({ status: 409 });
    expect(await pass(child(services, owner, changed))).toBe('created');
  });
});

describe('routes, whose lists are atomic', () => {
  const route = (name: string, owner: ChildOwner): ObjectToSend<HttpRoute> => ({
    metadata: { name, namespace, ownerReferences: [controllerReference(owner)] },
    spec: {
      parentRefs: [{ name: 'kserve-ingress-gateway', namespace: 'kserve' }],
      hostnames: ['iris.example.com'],
      rules: [
        {
          matches: [{ path: { type: 'RegularExpression', value: '^/.*$' }, headers: [{ name: 'a', value: 'b' }] }],
          filters: [
            {
              type: 'RequestHeaderModifier',
              requestHeaderModifier: { set: [{ name: 'KServe-Isvc-Name', value: 'iris' }] },
            },
          ],
          backendRefs: [{ name: 'iris-predictor', port: 80 }],
          timeouts: { request: '60s' },
        },
        { backendRefs: [{ name: 'iris-predictor', port: 80 }] },
      ],
    },
  });

  it('are at rest with what the API server adds, and lose what others add', async () => {
    await cluster.installForeignCrds('gateway-api');
    const owner = newOwner();
    const wanted = child(httpRoutes, owner, route('iris', owner));
    expect(await pass(wanted)).toBe('created');
    const before = await stored(httpRoutes, 'iris');
    const mark = await cluster.audit.mark();
    expect(await ensureChild({ ...wanted, live: before, context: context() })).toBe('unchanged');
    expect((await cluster.audit.since(mark)).filter((request) => request.namespace === namespace)).toEqual([]);
    const filter = { type: 'ResponseHeaderModifier', responseHeaderModifier: { remove: ['server'] } };
    await cluster.patch(
      { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: { name: 'iris', namespace } },
      [{ op: 'add', path: '/spec/rules/1/filters', value: [filter] }],
      { type: 'json' },
    );
    expect(await pass(wanted)).toBe('applied');
    expect((await stored(httpRoutes, 'iris')).spec).toEqual(before.spec);
  });

  it('of an Ingress are at rest too', async () => {
    const owner = newOwner();
    const backend = { service: { name: 'iris-predictor', port: { number: 80 } } };
    const desired: ObjectToSend<Stored<V1Ingress>> = {
      metadata: { name: 'iris', namespace, ownerReferences: [controllerReference(owner)] },
      spec: {
        ingressClassName: 'istio',
        rules: [{ host: 'iris.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      },
    };
    expect(await pass(child(ingresses, owner, desired))).toBe('created');
    expect(await pass(child(ingresses, owner, desired))).toBe('unchanged');
  });
});

describe('an edit by hand is undone', () => {
  const main = (members: object) => ({ spec: { template: { spec: { containers: [{ name: 'main', ...members }] } } } });

  test.each([
    ['another image', main({ image: 'server:latest' })],
    ['another variable', main({ env: [{ name: 'A', value: 'x' }] })],
    [
      'a variable from elsewhere',
      main({ env: [{ name: 'A', value: null, valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }] }),
    ],
    ['another argument', main({ args: ['--port', '8080', '--debug'] })],
    ['another limit', main({ resources: { limits: { cpu: '2' } } })],
    ['a label that is gone', { metadata: { labels: { ours: null } } }],
    ['another digest', { metadata: { annotations: { [appliedAnnotation]: 'x' } } }],
    ['no digest', { metadata: { annotations: { [appliedAnnotation]: null } } }],
    ['no owner', { metadata: { ownerReferences: [{ $patch: 'replace' }] } }],
    ['the probe', main({ readinessProbe: { tcpSocket: null, exec: { command: ['true'] } } })],
  ])('%s', async (_name, edit) => {
    const name = `edited-${randomUUID().slice(0, 8)}`;
    const owner = newOwner();
    const desired = deployment(name, owner, {
      labels: { ours: '1' },
      container: { readinessProbe: { tcpSocket: { port: 8080 } } },
    });
    const wanted = child(deployments, owner, desired);
    await pass(wanted);
    const before = await stored(deployments, name);
    await cluster.patch(ref('Deployment', name), edit, { type: 'strategic' });
    expect(await pass(wanted)).toBe('applied');
    const after = await stored(deployments, name);
    expect(after.spec).toEqual(before.spec);
    expect(after.metadata.labels).toEqual(before.metadata.labels);
    expect(after.metadata.annotations).toEqual(before.metadata.annotations);
    expect(after.metadata.ownerReferences).toEqual(before.metadata.ownerReferences);
    expect(await pass(wanted)).toBe('unchanged');
  });

  it('also where it contradicts ours: the port under another number', async () => {
    const owner = newOwner();
    const wanted = child(services, owner, service('moved-port', owner));
    await pass(wanted);
    const before = await stored(services, 'moved-port');
    await cluster.patch(ref('Service', 'moved-port'), {
      spec: { ports: [{ name: 'http', port: 81, targetPort: 8080 }] },
    });
    expect(await pass(wanted)).toBe('applied');
    expect((await stored(services, 'moved-port')).spec).toEqual(before.spec);
    expect(await pass(wanted)).toBe('unchanged');
  });
});

describe('a refusal that nobody’s edit explains', () => {
  it('is the error of the key, and nothing has changed', async () => {
    const owner = newOwner();
    await pass(child(deployments, owner, deployment('refused', owner)));
    const before = await stored(deployments, 'refused');
    const desired = deployment('refused', owner, { container: { image: '' } });
    await expect(pass(child(deployments, owner, desired))).rejects.toMatchObject({ status: 422 });
    expect((await stored(deployments, 'refused')).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });
});

describe('a name that is taken (§17 row 20)', () => {
  it('by an object of nobody: it is left alone, also when the store does not show it', async () => {
    const owner = newOwner();
    const taken = await client.create(services, {
      metadata: { name: 'taken', namespace },
      spec: { ports: [{ port: 5432 }] },
    });
    const wanted = child(services, owner, service('taken', owner));
    for (const live of [taken, undefined]) {
      const refused = ensureChild({ ...wanted, live, context: context() });
      await expect(refused).rejects.toThrow(ChildNotOurs);
      await expect(refused).rejects.toMatchObject({ object: `services/taken in ${namespace}`, controller: undefined });
    }
    expect(await stored(services, 'taken')).toEqual(taken);
  });

  it('by an object of somebody else: it is left alone', async () => {
    const [owner, other] = [newOwner(), { ...newOwner(), name: 'wine' }];
    await pass(child(services, other, service('of-wine', other)));
    const before = await stored(services, 'of-wine');
    const refused = pass(child(services, owner, service('of-wine', owner)));
    await expect(refused).rejects.toMatchObject({ controller: 'InferenceService wine' });
    expect(await stored(services, 'of-wine')).toEqual(before);
  });

  it('by a child of the same InferenceService in an earlier life: it is adopted', async () => {
    const [former, owner] = [newOwner(), newOwner()];
    await pass(child(services, former, service('adopted', former)));
    const before = await stored(services, 'adopted');
    expect(await pass(child(services, owner, service('adopted', owner)))).toBe('applied');
    const after = await stored(services, 'adopted');
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after.metadata.ownerReferences).toEqual([controllerReference(owner)]);
  });

  it('by a child of an earlier life that a backup brought back: it is adopted', async () => {
    const [former, owner] = [newOwner(), newOwner()];
    await client.create(services, service('restored', former), { fieldManager: 'backup' });
    expect(await pass(child(services, owner, service('restored', owner)))).toBe('applied');
    expect((await stored(services, 'restored')).metadata.ownerReferences).toEqual([controllerReference(owner)]);
  });
});

describe('a child that upstream’s controller wrote', () => {
  it('is taken over: its stale fields go, the replicas and what others added stay', async () => {
    const owner = newOwner();
    const theirs = deployment('upstream', owner, { labels: { stale: 'yes' }, container: { command: ['stale'] } });
    await client.create(deployments, theirs, { fieldManager: 'manager' });
    const created = await stored(deployments, 'upstream');
    const env = [
      { name: 'STALE', value: '1' },
      { name: 'A', value: '0' },
    ];
    const put = deployment('upstream', owner, { labels: { stale: 'yes' }, container: { command: ['stale'], env } });
    const { resourceVersion } = created.metadata;
    await client.update(
      deployments,
      { ...put, metadata: { ...put.metadata, resourceVersion: resourceVersion ?? '' } },
      { fieldManager: 'manager' },
    );
    await cluster.patch(ref('Deployment', 'upstream'), { spec: { replicas: 3 } }, { subresource: 'scale' });
    await cluster.patch(ref('Deployment', 'upstream'), { metadata: { labels: { theirs: 'kept' } } });
    const desired = deployment('upstream', owner);
    const left = { fields: { spec: { replicas: 3 } }, wereOurs: false };
    expect(await pass(child(deployments, owner, desired), left)).toBe('applied');
    const live = await stored(deployments, 'upstream');
    expect(live.spec?.replicas).toBe(3);
    expect(live.metadata.labels).toEqual({ app: 'upstream', theirs: 'kept' });
    expect(mainOf(live)).toMatchObject({
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    });
    expect(mainOf(live)).not.toHaveProperty('command');
    expect(await pass(child(deployments, owner, desired), left)).toBe('unchanged');
  });

  it('keeps the replicas that were never touched by an autoscaler', async () => {
    const owner = newOwner();
    await client.create(deployments, deployment('unscaled', owner, { replicas: 6 }), { fieldManager: 'manager' });
    const left = { fields: { spec: { replicas: 6 } }, wereOurs: false };
    expect(await pass(child(deployments, owner, deployment('unscaled', owner)), left)).toBe('applied');
    expect((await stored(deployments, 'unscaled')).spec?.replicas).toBe(6);
  });

  it('Service keeps its address', async () => {
    const owner = newOwner();
    const theirs = service('upstream', owner);
    const made = await client.create(
      services,
      { ...theirs, metadata: { ...theirs.metadata, labels: { stale: 'yes' } } },
      { fieldManager: 'manager' },
    );
    expect(await pass(child(services, owner, service('upstream', owner)))).toBe('applied');
    const live = await stored(services, 'upstream');
    expect(live.spec).toEqual(made.spec);
    expect(live.metadata.labels).toBeUndefined();
  });
});

describe('a child that is not wanted any more', () => {
  const removal = async (name: string, owner: ChildOwner) => {
    const told = context();
    const { client: _client, ...rest } = child(services, owner, service(name, owner));
    const live = await client.get(services, { name, namespace });
    const outcome = await removeChild({ ...rest, client, live, context: told });
    return {
      outcome,
      gone: (await client.get(services, { name, namespace })) === undefined,
      told: told.told.deleted.length,
    };
  };

  it('is deleted, and the controller is told', async () => {
    const owner = newOwner();
    await pass(child(services, owner, service('unwanted', owner)));
    expect(await removal('unwanted', owner)).toEqual({ outcome: 'deleted', gone: true, told: 1 });
    expect(await removal('unwanted', owner)).toEqual({ outcome: 'absent', gone: true, told: 0 });
  });

  it('is deleted when it is of an earlier life of the owner', async () => {
    const former = newOwner();
    await pass(child(services, former, service('left-over', former)));
    expect(await removal('left-over', newOwner())).toEqual({ outcome: 'deleted', gone: true, told: 1 });
  });

  it('is left alone when it belongs to somebody else or to nobody (case 82)', async () => {
    const other = { ...newOwner(), name: 'wine' };
    await pass(child(services, other, service('theirs', other)));
    await client.create(services, { metadata: { name: 'nobodys', namespace }, spec: { ports: [{ port: 80 }] } });
    expect(await removal('theirs', newOwner())).toEqual({ outcome: 'left', gone: false, told: 0 });
    expect(await removal('nobodys', newOwner())).toEqual({ outcome: 'left', gone: false, told: 0 });
  });

  it('is not mistaken for one that was made in its place', async () => {
    const owner = newOwner();
    const wanted = child(services, owner, service('replaced', owner));
    await pass(wanted);
    const live = await stored(services, 'replaced');
    await cluster.remove(ref('Service', 'replaced'));
    await pass(wanted);
    await expect(removeChild({ ...wanted, live, context: context() })).rejects.toMatchObject({ status: 409 });
    expect((await stored(services, 'replaced')).metadata.uid).not.toBe(live.metadata.uid);
  });
});

test('a child that is as desired is checked in less than half a millisecond of processor time', async () => {
  const owner = newOwner();
  const env = Array.from({ length: 20 }, (_, index) => ({ name: `VARIABLE_${index}`, value: 'value '.repeat(5) }));
  const wanted = child(deployments, owner, deployment('fast', owner, { container: { env } }));
  await pass(wanted);
  const live = await stored(deployments, 'fast');
  const told = context();
  const passes = 4000;
  const started = process.cpuUsage();
  for (let index = 0; index < passes; index += 1) await ensureChild({ ...wanted, live, context: told });
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1000 / passes).toBeLessThan(0.5);
});
