import { runAnnotations } from '../../../../definitions/names/inference';
import { waitFor } from '../../../cluster/wait-for';
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from '../../../faults/fault-proxy';
import { seededRandom } from '../../../faults/seeded-random';
import { configOf, reportText, RunInstallation, runOf, type Written } from '../run-installation';
import { jobNamesOf, jobsMadeSince } from './job-count';

/** Processes that are killed after the API server has done what they asked for, and before they learn of it. */
let installation: RunInstallation;
beforeAll(async () => {
  installation = await RunInstallation.make();
}, 180_000);
afterAll(() => installation?.close(), 60_000);

/** Events are told besides: nothing depends on them. */
const isWrite = ({ method, path }: ProxiedRequest) => method !== 'GET' && !path.endsWith('/events');
const isOf = (method: string, part: string) => (request: ProxiedRequest) =>
  request.method === method && request.path.includes(part);

const steps = [
  ['after the finalizer', isOf('PATCH', '/inferenceruns/')],
  ['after the ConfigMap, before the Job', isOf('PATCH', '/configmaps/')],
  ['after the Job, before the status', isOf('POST', '/jobs')],
  ['after the status', (request: ProxiedRequest) => /[/]inferenceruns[/].*[/]status$/.test(request.path)],
] as const;

describe('a controller that is killed', () => {
  it.each(steps)(
    '%s, whose answer it does not get, is succeeded by one that makes no second Job (AT-20, C-23)',
    async (_moment, isStep) => {
      const where = await installation.cluster.namespace('killed');
      const run = runOf(where, 'killed');
      const mark = await installation.cluster.audit.mark();
      await throughProxy(async (proxy) => {
        proxy.inject({ matches: isStep, fault: { kind: 'stall' } });
        const first = await installation.start({ proxy: proxy.url });
        await begin(run);
        await waitFor('the API server to have done it', () => serverDid(mark, proxy));
        await first.end('SIGKILL');
      });
      const second = await installation.start();
      await installation.phase(run, 'Succeeded', 40_000);
      await exactlyOneJobEach(mark, where, [run], 1);
      await second.end();
    },
    90_000,
  );

  const seed = Date.now() % 2 ** 31;
  it('again and again at writes that a seed chooses, leaves one Job for each attempt', async () => {
    process.stdout.write(`kill test of the controller of inference runs: seed ${seed}\n`);
    const random = seededRandom(seed);
    const where = await installation.cluster.namespace('storm');
    const runs = Array.from({ length: 4 }, (_, index) => runOf(where, `run-${index}`));
    const mark = await installation.cluster.audit.mark();
    for (const run of runs) await begin(run);
    for (let round = 0; round < 8; round += 1) {
      // What the second half kills is the second attempts of runs.
      if (round === 4) await repeat(runs);
      await killedAtWrite(1 + Math.floor(random() * 6), random() < 0.5 ? 'stall' : 'hold');
    }
    const last = await installation.start({ settings: { workers: 4 } });
    for (const run of runs) {
      await installation.until(
        run,
        'to have succeeded twice',
        ({ phase, attempts }) => phase === 'Succeeded' && attempts === 2,
        60_000,
      );
    }
    await exactlyOneJobEach(mark, where, runs, 2);
    await last.end();
  }, 180_000);
});

/** Lets a process write so often; its next write reaches the server or not, no answer comes, and it is killed. */
async function killedAtWrite(writes: number, fault: 'stall' | 'hold'): Promise<void> {
  await throughProxy(async (proxy) => {
    let left = writes;
    proxy.inject({ matches: (request) => isWrite(request) && (left -= 1) < 0, fault: { kind: fault } });
    const controller = await installation.start({ proxy: proxy.url, settings: { workers: 4 } });
    // One that has nothing left to write is killed as well.
    const struck = waitFor('the write', () => proxy.requests.some((request) => request.fault !== undefined), {
      timeout: 4_000,
    });
    await struck.catch(() => undefined);
    await controller.end('SIGKILL');
  });
}

async function throughProxy(work: (proxy: FaultProxy) => Promise<void>): Promise<void> {
  const { url, ca } = installation.cluster;
  const proxy = await startFaultProxy({ target: url, ca });
  try {
    await work(proxy);
  } finally {
    await proxy.close();
  }
}

/** Whether the API server has answered a write that the proxy keeps the answer of. */
async function serverDid(mark: { readonly offset: number }, proxy: FaultProxy): Promise<boolean> {
  const held = proxy.requests.find(({ fault }) => fault === 'stall');
  if (held === undefined) return false;
  const written = await installation.writesSince(mark);
  return written.some(({ requestURI, code }) => requestURI.split('?')[0] === held.path && code < 300);
}

async function begin(run: Written): Promise<void> {
  const { namespace, name } = run.metadata;
  installation.fates.set(name, [{ fate: 'ends', exitCode: 0, message: reportText({ total: 1 }) }]);
  await installation.cluster.create(configOf(namespace, name));
  await installation.cluster.create(run);
}

/** Asks for a second attempt of runs, once they have finished the first. */
async function repeat(runs: readonly Written[]): Promise<void> {
  const controller = await installation.start({ settings: { workers: 4 } });
  for (const run of runs) await installation.phase(run, 'Succeeded', 60_000);
  await controller.end('SIGKILL');
  for (const run of runs) {
    await installation.cluster.patch(run, { metadata: { annotations: { [runAnnotations.rerun]: 'again' } } });
  }
}

/** Jobs that were ever made: one for each attempt of each run. */
async function exactlyOneJobEach(
  mark: { readonly offset: number },
  where: string,
  runs: readonly Written[],
  attempts: number,
): Promise<void> {
  const stored = await Promise.all(runs.map((run) => installation.run(run)));
  expect(await jobsMadeSince(installation, mark, where)).toEqual(jobNamesOf(stored, attempts));
  expect(stored.map((run) => run?.status?.attempts)).toEqual(runs.map(() => attempts));
}
