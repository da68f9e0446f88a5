import { servingLease } from '../../../../definitions/names/serving';
import type { AuditMark } from '../../../cluster/audit-log';
import { waitFor } from '../../../cluster/wait-for';
import type { Fault } from '../../../faults/fault';
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from '../../../faults/fault-proxy';
import type { ControllerProcess } from '../../registry-sync/controller-process';
import { inferenceServiceOf as isvc, ServingInstallation, type WrittenInferenceService } from '../serving-installation';

const settings = { webhooks: { enabled: false } };

let installation: ServingInstallation;
beforeAll(async () => {
  installation = await ServingInstallation.make();
}, 120_000);
afterAll(() => installation?.close());

const isWatch = ({ watch }: ProxiedRequest) => watch;
const isWrite = ({ method }: ProxiedRequest) => method !== 'GET';

interface FaultCase {
  readonly name: string;
  readonly matches: (request: ProxiedRequest) => boolean;
  readonly fault: Fault;
  /** @default until the test ends */
  readonly times?: number;
  /** A lost answer makes the controller write again, rightly. */
  readonly repeats?: boolean;
}

const expired = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410 };
const conflict = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Conflict', code: 409 };
const status = (code: number, more: { headers?: Record<string, string>; body?: string } = {}): Fault => ({
  kind: 'status',
  status: code,
  ...more,
});

const cases: readonly FaultCase[] = [
  { name: 'watches that are cut every second', matches: isWatch, fault: { kind: 'cut', afterMs: 1000 } },
  { name: 'watches that fall silent half-open', matches: isWatch, fault: { kind: 'stall' }, times: 12 },
  {
    name: 'watches that are told 410',
    matches: isWatch,
    fault: status(410, { body: JSON.stringify(expired) }),
    times: 12,
  },
  { name: 'watches whose lines come twice', matches: isWatch, fault: { kind: 'duplicate' } },
  {
    name: 'writes that are to wait',
    matches: isWrite,
    fault: status(429, { headers: { 'retry-after': '1' } }),
    times: 3,
  },
  { name: 'writes that end in 500', matches: isWrite, fault: status(500), times: 12 },
  { name: 'writes that conflict', matches: isWrite, fault: status(409, { body: JSON.stringify(conflict) }), times: 12 },
  { name: 'writes whose answers are lost', matches: isWrite, fault: { kind: 'cut' }, times: 6, repeats: true },
  { name: 'answers that are slow', matches: ({ watch }) => !watch, fault: { kind: 'slow', delayMs: 100 } },
];

describe('InferenceServices become Ready, each child is there once and nothing is asked in a hot loop, in spite of', () => {
  let proxy: FaultProxy;
  let controller: ControllerProcess;

  beforeAll(async () => {
    const { url, ca } = installation.cluster;
    proxy = await startFaultProxy({ target: url, ca });
    controller = await installation.start({ settings, apiServer: proxy.url, args: ['--watch-idle-seconds=3'] });
  }, 60_000);
  afterAll(async () => {
    await controller?.end('SIGKILL');
    await proxy?.close();
  });

  it.each(cases)(
    '$name',
    async ({ matches, fault, times, repeats = false }) => {
      const { cluster } = installation;
      const namespace = await cluster.namespace('faults');
      const [standing, fresh] = [isvc(namespace, 'standing'), isvc(namespace, 'fresh')];
      const start = await cluster.audit.mark();
      await cluster.create(standing);
      await installation.ready(standing);
      const before = proxy.requests.length;
      const remove = proxy.inject({ matches, fault, ...(times !== undefined && { times }) });
      try {
        if (matches === isWatch) proxy.cutAll(isWatch);
        await cluster.create(fresh);
        await cluster.patch(standing, { spec: { predictor: { model: { env: [{ name: 'ROUND', value: '2' }] } } } });
        await installation.ready(fresh);
        await installation.ready(standing);
        expect(await environmentOf(standing)).toContainEqual({ name: 'ROUND', value: '2' });
        const struck = proxy.requests.slice(before).filter((request) => request.fault === fault.kind);
        expect(struck.length).toBeGreaterThan(0);
        // Two services need some forty requests; watches of ten kinds are opened again a few times each.
        expect(proxy.requests.length - before).toBeLessThan(400);
      } finally {
        remove();
      }
      await onceEach(namespace, [standing, fresh]);
      if (!repeats) expect(await idleWrites(start)).toEqual([]);
      for (const object of [standing, fresh]) await cluster.remove(object);
      for (const object of [standing, fresh]) await installation.gone(object);
    },
    90_000,
  );
});

describe('a process', () => {
  it('that is killed in the middle is followed by one that makes nothing twice', async () => {
    const namespace = await installation.cluster.namespace('killed');
    const objects = Array.from({ length: 6 }, (_, index) => isvc(namespace, `iris-${index}`));
    const first = await installation.start({ settings, nodeFlags: [] });
    for (const object of objects) await installation.cluster.create(object);
    await waitFor('the first Deployment', async () => (await listed(namespace, 'apps/v1', 'Deployment')).length > 0);
    await first.end('SIGKILL');
    const next = await installation.start({ settings });
    for (const object of objects) await installation.ready(object);
    await onceEach(namespace, objects);
    await next.end();
    for (const object of objects) await installation.cluster.remove(object);
  }, 90_000);

  it('that can’t renew its lease ends before another one writes', async () => {
    const { url, ca } = installation.cluster;
    const proxy = await startFaultProxy({ target: url, ca });
    try {
      const args = ['--leader-elect'];
      const first = await installation.start({ settings, args, apiServer: proxy.url });
      await acquired(first);
      const second = await installation.start({ settings, args });
      proxy.inject({ matches: () => true, fault: { kind: 'hold' } });
      proxy.cutAll();
      const namespace = await installation.cluster.namespace('lease');
      const iris = isvc(namespace, 'iris');
      const mark = await installation.cluster.audit.mark();
      await installation.cluster.create(iris);
      await expect(first.ended).resolves.toBe('1');
      const ended = Date.now();
      await acquired(second);
      await installation.ready(iris);
      await onceEach(namespace, [iris]);
      const asked = await installation.cluster.audit.since(mark, { user: installation.user });
      const written = asked.filter(({ verb, namespace: where }) => where === namespace && writes.includes(verb));
      expect(written.length).toBeGreaterThan(0);
      expect(written.filter(({ time }) => Date.parse(time) < ended)).toEqual([]);
      await second.end();
    } finally {
      await proxy.close();
    }
  }, 90_000);

  it('whose lease is stolen ends and writes nothing more', async () => {
    const { cluster } = installation;
    const controller = await installation.start({ settings, args: ['--leader-elect'] });
    await acquired(controller);
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: servingLease, namespace: 'kserve' },
    };
    await cluster.patch(lease, { spec: { holderIdentity: 'thief' } });
    await expect(controller.ended).resolves.toBe('1');
    const namespace = await cluster.namespace('stolen');
    const mark = await cluster.audit.mark();
    await cluster.create(isvc(namespace, 'iris'));
    const waiting = await installation.start({ settings, args: ['--leader-elect'] });
    await waitFor('ready', async () => (await fetch(`${waiting.health}/readyz`)).status === 200);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const asked = await cluster.audit.since(mark, { user: installation.user });
    expect(asked.filter(({ verb }) => writes.includes(verb))).toEqual([]);
    await waiting.end();
    await cluster.remove(lease);
  }, 60_000);
});

const writes: readonly string[] = ['create', 'update', 'patch', 'delete'];

const acquired = ({ log }: ControllerProcess) =>
  waitFor('the lease', () => log.some((line) => line.includes('lease acquired')), { timeout: 40_000 });

const listed = (namespace: string, apiVersion: string, kind: string) =>
  installation.cluster.list({ apiVersion, kind }, namespace);

async function environmentOf({ metadata: { name, namespace } }: WrittenInferenceService): Promise<readonly object[]> {
  const deployment = await installation.deployment(namespace, `${name}-predictor`);
  return deployment?.spec?.template.spec?.containers[0]?.env ?? [];
}

/** One Deployment, one Service, one autoscaler, one Ingress for each, controlled by it. */
async function onceEach(namespace: string, objects: readonly WrittenInferenceService[]): Promise<void> {
  const stored = await Promise.all(objects.map(installation.stored));
  const uids = stored.map((object) => object?.metadata.uid).sort();
  for (const [apiVersion, kind] of [
    ['apps/v1', 'Deployment'],
    ['v1', 'Service'],
    ['autoscaling/v2', 'HorizontalPodAutoscaler'],
    ['networking.k8s.io/v1', 'Ingress'],
  ] as const) {
    const found = (await listed(namespace, apiVersion, kind)) as unknown as readonly {
      readonly metadata: { readonly ownerReferences?: readonly { readonly uid: string }[] };
    }[];
    expect([kind, found.map(({ metadata }) => metadata.ownerReferences?.[0]?.uid).sort()]).toEqual([kind, uids]);
  }
}

/** The API server gives a write that changes nothing the version that the object had: it comes a second time. */
async function idleWrites(start: AuditMark): Promise<readonly object[]> {
  const { cluster, user } = installation;
  const seen = new Set<string>();
  return (await cluster.audit.since(start)).filter((event) => {
    const { verb, group, resource, namespace, name, resourceVersion } = event;
    if (!writes.includes(verb) || verb === 'delete' || resourceVersion === undefined || event.code >= 300) return false;
    const version = [group, resource, namespace, name, resourceVersion].join(' ');
    const again = seen.has(version);
    seen.add(version);
    return again && event.user === user;
  });
}
