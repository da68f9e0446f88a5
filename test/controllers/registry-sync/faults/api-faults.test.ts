import type { FaultProxy, ProxiedRequest } from '../../../faults/fault-proxy';
import { waitFor } from '../../../cluster/wait-for';
import type { ControllerProcess } from '../controller-process';
import { inferenceServiceOf as isvc, Installation } from '../installation';
import { expired, isWatch, onInferenceServices, startBehindProxy } from './controller-behind-proxy';
import { Oracle } from './oracle';
import { Workload } from './workload';

let installation: Installation;
let oracle: Oracle;

beforeAll(async () => {
  installation = await Installation.make();
  oracle = await Oracle.of(installation);
}, 120_000);
afterAll(() => installation?.close());

/** Runs a controller behind a proxy through a scenario, and asks the oracle at its end. */
async function during(
  scenario: (proxy: FaultProxy, controller: ControllerProcess) => Promise<void>,
  prepare?: (proxy: FaultProxy) => void,
): Promise<void> {
  const running = await startBehindProxy(installation, {}, prepare);
  try {
    await scenario(running.proxy, running.controller);
    await oracle.holds(running.controller);
  } finally {
    await running.end();
  }
}

it.each([429, 503])('waits as long as asked when the API server answers %s with Retry-After', async (status) => {
  const fault = { kind: 'status', status, headers: { 'retry-after': '1' } } as const;
  await during(
    async (proxy, controller) => {
      const workload = await Workload.linked(installation, controller, `patience-${status}`);
      proxy.inject({ matches: isPatch, fault, times: 1 });
      await workload.change();
      await oracle.inStep();
      for (const matches of [isList, isWatch, isPatch]) await patience(proxy, matches);
    },
    (proxy) => {
      proxy.inject({ matches: isList, fault, times: 1 });
      proxy.inject({ matches: isWatch, fault, times: 1 });
    },
  );
});

it('lists from the start when a page of a list is answered 410', async () => {
  // One page holds 500.
  const namespace = await installation.cluster.namespace('pages');
  const names = Array.from({ length: 520 }, (_, index) => `filling-${index}`);
  for (let next = 0; next < names.length; next += 40) {
    await Promise.all(
      names.slice(next, next + 40).map((name) => installation.cluster.create(unlinked(namespace, name))),
    );
  }
  const linked = isvc(namespace, 'zz-last');
  await installation.cluster.create(linked);
  const laterPage = (request: ProxiedRequest) => isList(request) && request.query.has('continue');
  await during(
    async (proxy) => {
      await oracle.inStep();
      const pages = proxy.requests.filter(isList).map((request) => [laterPage(request), request.fault ?? 'none']);
      expect(pages).toEqual([
        [false, 'none'],
        [true, 'status'],
        [false, 'none'],
        [true, 'none'],
      ]);
    },
    (proxy) => {
      const fault = { kind: 'status', status: 410, body: JSON.stringify(expired) } as const;
      proxy.inject({ matches: laterPage, fault, times: 1 });
    },
  );
});

it('goes on with its lease when the API server is started again', async () => {
  const controller = await installation.start({ args: ['--leader-elect'] });
  const workload = await Workload.linked(installation, controller, 'restarted');
  installation.expectsRefusals = true;
  await installation.servers.restartApiServer();
  await workload.change();
  await oracle.holds(controller);
  await expect(controller.end('SIGTERM')).resolves.toBe('0');
});

const isList = (request: ProxiedRequest) =>
  request.method === 'GET' && !request.watch && request.path.endsWith('/inferenceservices');
const isPatch = (request: ProxiedRequest) => request.method === 'PATCH' && onInferenceServices(request);

/** Waits until each request that was refused has been sent again, to the same path, no sooner than asked. */
async function patience(proxy: FaultProxy, matches: (request: ProxiedRequest) => boolean): Promise<void> {
  const requests = () => proxy.requests.filter(matches);
  const refused = requests().filter(({ fault }) => fault === 'status');
  expect(refused).toHaveLength(1);
  for (const first of refused) {
    const again = await waitFor(`${first.path} to be asked for again`, () =>
      requests().find(({ path, at }) => path === first.path && at > first.at),
    );
    // A timer may fire in the millisecond before.
    expect(again.at - first.at).toBeGreaterThanOrEqual(999);
  }
}

function unlinked(namespace: string, name: string) {
  const { metadata, ...rest } = isvc(namespace, name);
  return { ...rest, metadata: { name: metadata.name, namespace } };
}
