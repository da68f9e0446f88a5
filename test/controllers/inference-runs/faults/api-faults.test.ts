import { inferenceRunsLease } from '../../../../definitions/names/inference';
import type { AuditMark } from '../../../cluster/audit-log';
import { waitFor } from '../../../cluster/wait-for';
import type { Fault } from '../../../faults/fault';
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from '../../../faults/fault-proxy';
import type { ControllerProcess } from '../../registry-sync/controller-process';
import { configOf, reportText, RunInstallation, runOf, type Written } from '../run-installation';
import { jobNamesOf, jobsMadeSince } from './job-count';

let installation: RunInstallation;
beforeAll(async () => {
  installation = await RunInstallation.make();
}, 180_000);
afterAll(() => installation?.close(), 60_000);

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
  { name: 'writes that end in 500', matches: isWrite, fault: status(500), times: 4 },
  { name: 'writes that conflict', matches: isWrite, fault: status(409, { body: JSON.stringify(conflict) }), times: 4 },
  { name: 'writes that never arrive', matches: isWrite, fault: { kind: 'cut' }, times: 4 },
  {
    name: 'writes whose answers are lost',
    matches: isWrite,
    fault: { kind: 'cut', afterBytes: 0 },
    times: 6,
    repeats: true,
  },
  { name: 'answers that are slow', matches: ({ watch }) => !watch, fault: { kind: 'slow', delayMs: 100 } },
];

describe('runs succeed with one Job each, and nothing is asked in a hot loop, in spite of', () => {
  let proxy: FaultProxy;
  let controller: ControllerProcess;

  beforeAll(async () => {
    const { url, ca } = installation.cluster;
    proxy = await startFaultProxy({ target: url, ca });
    controller = await installation.start({ proxy: proxy.url, args: ['--watch-idle-seconds=3'] });
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
      const [standing, fresh] = [runOf(namespace, 'standing'), runOf(namespace, 'fresh')];
      const start = await cluster.audit.mark();
      await begin(standing);
      await installation.phase(standing, 'Running', 40_000);
      const before = proxy.requests.length;
      const remove = proxy.inject({ matches, fault, ...(times !== undefined && { times }) });
      try {
        if (matches === isWatch) proxy.cutAll(isWatch);
        installation.fates.set('fresh', [{ fate: 'ends', exitCode: 0, message: reportText({ total: 2 }) }]);
        await begin(fresh);
        await endPodOf(standing);
        await succeeded(standing, 3);
        await succeeded(fresh, 2);
        const struck = proxy.requests.slice(before).filter((request) => request.fault === fault.kind);
        expect(struck.length).toBeGreaterThan(0);
        // Two runs need some thirty requests; watches of seven kinds are opened again a few times each.
        expect(proxy.requests.length - before).toBeLessThan(250);
      } finally {
        remove();
      }
      await oneJobEach(start, namespace, [standing, fresh]);
      if (!repeats) expect(await idleWrites(start)).toEqual([]);
      for (const run of [standing, fresh]) await cluster.remove(run);
      for (const run of [standing, fresh]) await installation.gone(run, 40_000);
      expect(await installation.configMaps(namespace)).toEqual([]);
    },
    120_000,
  );
});

describe('a process', () => {
  it('that can’t renew its lease ends before another one writes', async () => {
    const { cluster } = installation;
    const proxy = await startFaultProxy({ target: cluster.url, ca: cluster.ca });
    try {
      const args = ['--leader-elect'];
      const first = await installation.start({ args, proxy: proxy.url });
      await acquired(first);
      const second = await installation.start({ args });
      proxy.inject({ matches: () => true, fault: { kind: 'hold' } });
      proxy.cutAll();
      const namespace = await cluster.namespace('lease');
      const run = runOf(namespace, 'fresh');
      const mark = await cluster.audit.mark();
      await begin(run);
      await expect(first.ended).resolves.toBe('1');
      const ended = Date.now();
      await acquired(second);
      await succeeded(run, 2);
      await oneJobEach(mark, namespace, [run]);
      const written = await writesIn(mark, namespace);
      expect(written.length).toBeGreaterThan(0);
      expect(written.filter(({ time }) => Date.parse(time) < ended)).toEqual([]);
      await second.end();
    } finally {
      await proxy.close();
    }
  }, 120_000);

  it('whose lease is stolen ends and writes nothing more', async () => {
    const { cluster } = installation;
    const controller = await installation.start({ args: ['--leader-elect'] });
    await acquired(controller);
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: inferenceRunsLease, namespace: 'kserve-controller-system' },
    };
    await cluster.patch(lease, { spec: { holderIdentity: 'thief' } });
    await expect(controller.ended).resolves.toBe('1');
    const namespace = await cluster.namespace('stolen');
    const mark = await cluster.audit.mark();
    await begin(runOf(namespace, 'fresh'));
    const waiting = await installation.start({ args: ['--leader-elect'] });
    await waitFor('ready', async () => (await fetch(`${waiting.health}/readyz`)).status === 200);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await writesIn(mark, namespace)).toEqual([]);
    await waiting.end();
    await cluster.remove(lease);
  }, 60_000);
});

const acquired = ({ log }: ControllerProcess) =>
  waitFor('the lease', () => log.some((line) => line.includes('lease acquired')), { timeout: 40_000 });

async function begin(run: Written): Promise<void> {
  await installation.cluster.create(configOf(run.metadata.namespace, run.metadata.name));
  await installation.cluster.create(run);
}

/** Ends the pod that runs, as a runner that has done three items. */
async function endPodOf({ metadata: { namespace, name } }: Written): Promise<void> {
  const pod = (await installation.pods(namespace)).find(({ metadata }) => metadata?.name?.startsWith(`inf-${name}`));
  await installation.endPod(namespace, pod?.metadata?.name ?? '', 0, reportText({ total: 3 }));
}

async function succeeded(run: Written, items: number): Promise<void> {
  const { attempts, result } = await installation.phase(run, 'Succeeded', 60_000);
  expect({ attempts, total: result?.items.total }).toEqual({ attempts: 1, total: items });
}

/** One Job and one ConfigMap was made for each, and no other; each has its Contract in its status. */
async function oneJobEach(start: AuditMark, namespace: string, runs: readonly Written[]): Promise<void> {
  const stored = await Promise.all(runs.map((run) => installation.run(run)));
  const names = jobNamesOf(stored, 1);
  expect(await jobsMadeSince(installation, start, namespace)).toEqual(names);
  const configMaps = await installation.configMaps(namespace);
  expect(configMaps.map(({ metadata }) => metadata?.name).sort()).toEqual(names);
  const contracts = stored.map((run) => Buffer.from(run?.status?.contract ?? '', 'base64').toString());
  expect(configMaps.map(({ data }) => data?.['contract.json']).sort()).toEqual(contracts.sort());
}

const writesIn = async (mark: AuditMark, namespace: string) =>
  (await installation.writesSince(mark)).filter((event) => event.namespace === namespace);

/** The API server gives a write that changes nothing the version that the object had: it comes a second time. */
async function idleWrites(start: AuditMark): Promise<readonly object[]> {
  const { cluster, user } = installation;
  const writes = ['create', 'update', 'patch'];
  const seen = new Set<string>();
  return (await cluster.audit.since(start)).filter((event) => {
    const { verb, group, resource, namespace, name, resourceVersion, code } = event;
    if (!writes.includes(verb) || resourceVersion === undefined || code >= 300) return false;
    const version = [group, resource, namespace, name, resourceVersion].join(' ');
    const again = seen.has(version);
    seen.add(version);
    return again && event.user === user;
  });
}
