import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { realClock } from '../../../../controllers/runtime/clock';
import { selfSignedCertificate } from '../../../../controllers/runtime/self-signed-certificate';
import { waitFor } from '../../../cluster/wait-for';
import { startFaultProxy } from '../../../faults/fault-proxy';
import type { ControllerProcess } from '../../registry-sync/controller-process';
import { configOf, RunInstallation, runOf } from '../run-installation';

/** Namespaces that the controller is told to watch, and in which alone it has a Role. */
const watched = ['team-a', 'team-b'];
let installation: RunInstallation;

beforeAll(async () => {
  installation = await RunInstallation.make({ namespaces: watched, inferenceRuns: { watch: watched } });
}, 180_000);
afterAll(() => installation?.close(), 60_000);

const start = (env: Record<string, string> = {}, more: { proxy?: string; args?: readonly string[] } = {}) =>
  installation.start({ env: { WATCH_NAMESPACE: watched.join(','), ...env }, ...more });

describe('a controller of some namespaces', () => {
  let controller: ControllerProcess;
  beforeAll(async () => {
    controller = await start({ LEADER_ELECT: 'true' }, { args: ['--leader-elect'] });
  }, 30_000);
  afterAll(() => controller.end());

  it('works on the runs of each of them, with no more than a Role there, under upstream’s lease (C-30, C-32)', async () => {
    for (const where of watched) {
      await installation.cluster.create(configOf(where, 'iris'));
      await installation.cluster.create(runOf(where, 'iris'));
    }
    for (const where of watched) await installation.phase(runOf(where, 'iris'), 'Running');
    const lease = { namespace: 'kserve-controller-system', name: '9s8d9938.krateo.io' };
    await installation.cluster.get({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: lease });
  });

  it('keeps the end of the log of a runner that failed, without its secrets', async () => {
    const kubelet = await startLogs('loading model\ncalling http://user:geheim@model/infer\nmodel said no\n');
    try {
      const metadata = { name: 'double' };
      const { port } = kubelet.address() as AddressInfo;
      const node = { apiVersion: 'v1', kind: 'Node', metadata };
      await installation.cluster.create(node);
      const status = {
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: port } },
      };
      await installation.cluster.patch(node, { status }, { subresource: 'status' });
      const run = runOf('team-a', 'logged', { configRef: { name: 'iris' } });
      installation.fates.set('logged', [{ fate: 'ends', exitCode: 2, message: 'no' }]);
      await installation.cluster.create(run);
      const { failure } = await installation.phase(run, 'Failed');
      expect(failure).toMatchObject({ reason: 'ContractInvalid', message: 'no' });
      expect(failure?.logTail).toBe('loading model\ncalling http://[redacted]@model/infer\nmodel said no');
    } finally {
      kubelet.close();
      kubelet.closeAllConnections();
    }
  });
});

it('with MAX_RECONCILE_RATE=4 four runs are worked on at the same time, each by one worker (AT-28, C-37)', async () => {
  const { url, ca } = installation.cluster;
  const proxy = await startFaultProxy({ target: url, ca });
  try {
    const isCreate = ({ method, path }: { method: string; path: string }) =>
      method === 'POST' && path.endsWith('/jobs');
    proxy.inject({ matches: isCreate, fault: { kind: 'hold' } });
    const controller = await start({ MAX_RECONCILE_RATE: '4', WATCH_NAMESPACE: 'team-a' }, { proxy: proxy.url });
    await installation.cluster.create(configOf('team-a', 'many'));
    for (let index = 0; index < 7; index += 1) {
      await installation.cluster.create(runOf('team-a', `many-${index}`, { configRef: { name: 'many' } }));
    }
    const held = () => proxy.requests.filter(({ fault }) => fault === 'hold').length;
    await waitFor('four Jobs to be on their way', () => held() === 4);
    const metrics = await (await fetch(`${controller.metrics}/metrics`)).text();
    expect(metrics).toMatch(/controller_runtime_active_workers{controller="inferencerun"} 4/);
    const begun = (await installation.configMaps('team-a')).filter(({ metadata }) => metadata?.name?.includes('many'));
    expect(begun).toHaveLength(4);
    expect(held()).toBe(4);
    await controller.end('SIGKILL');
  } finally {
    await proxy.close();
  }
});

/** A kubelet's server of logs, with nothing behind it. */
async function startLogs(text: string): Promise<Server> {
  const certificate = selfSignedCertificate('localhost', realClock.now());
  const server = createServer(certificate, (request, response) => {
    const isLog = request.url?.startsWith('/containerLogs/team-a/') === true;
    response.writeHead(isLog ? 200 : 404, { 'content-type': 'text/plain' }).end(isLog ? text : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
