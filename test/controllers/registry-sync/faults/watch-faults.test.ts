import { registryKeys } from '../../../../definitions/names/model-registry';
import { inferenceServiceOf as isvc, Installation } from '../installation';
import { expired, isWatch, startBehindProxy, struck, type ControllerBehindProxy } from './controller-behind-proxy';
import { Oracle } from './oracle';
import { Workload } from './workload';

let installation: Installation;
let oracle: Oracle;
let running: ControllerBehindProxy;

beforeAll(async () => {
  installation = await Installation.make();
  oracle = await Oracle.of(installation);
}, 120_000);
afterAll(() => installation?.close());

beforeEach(async () => {
  running = await startBehindProxy(installation, { args: ['--watch-idle-seconds=3'] });
});
afterEach(async () => {
  try {
    await oracle.holds(running.controller);
  } finally {
    await running.end();
  }
});

/** Ends the open watches, so that the next one meets the rules. */
const reopenWatches = () => running.proxy.cutAll(isWatch);

it.each(['cut', 'close'] as const)('misses nothing while its watch is closed every 2 seconds (%s)', async (kind) => {
  const workload = await Workload.linked(installation, running.controller, `closed-${kind}`);
  running.proxy.inject({ matches: isWatch, fault: { kind, afterMs: 2000 } });
  reopenWatches();
  await struck(running.proxy, kind);
  await workload.change();
  await oracle.inStep();
  await struck(running.proxy, kind, 2);
  await workload.publish('https://second-watch.example.com');
  await oracle.inStep();
});

it('sees a change within the idle time-out and 5 seconds when its watch falls silent half-open', async () => {
  const workload = await Workload.linked(installation, running.controller, 'silent');
  running.proxy.inject({ matches: isWatch, fault: { kind: 'stall' }, times: 1 });
  reopenWatches();
  await struck(running.proxy, 'stall');
  await workload.change();
  await oracle.inStep(3000 + 5000);
});

it.each([
  ['answer', { status: 410, body: JSON.stringify(expired) }],
  ['event', { status: 200, body: `${JSON.stringify({ type: 'ERROR', object: expired })}\n` }],
])('lists anew when its watch is told 410 by an %s', async (how, answer) => {
  const workload = await Workload.linked(installation, running.controller, `expired-${how}`);
  running.proxy.inject({ matches: isWatch, fault: { kind: 'status', ...answer }, times: 1 });
  const lists = listsOfInferenceServices();
  reopenWatches();
  await struck(running.proxy, 'status');
  await workload.change();
  await oracle.inStep();
  expect(listsOfInferenceServices()).toBe(lists + 1);
});

it('reads lines that are split inside a UTF-8 character', async () => {
  const workload = await Workload.linked(installation, running.controller, 'split');
  running.proxy.inject({ matches: isWatch, fault: { kind: 'split' } });
  reopenWatches();
  await struck(running.proxy, 'split');
  const url = 'https://modelle.example.com/größe/模型/🌸';
  const annotations = { [registryKeys.publishedUrl]: url };
  await installation.cluster.create(isvc(workload.namespace, 'characters', { annotations }));
  await workload.change();
  await oracle.inStep();
  const published = installation.registry
    .entities()
    .inferenceServices.map((one) => JSON.stringify(one.customProperties));
  expect(published).toContainEqual(expect.stringContaining(url));
});

it('keeps an object of nearly 1 MB in step', async () => {
  const workload = await Workload.linked(installation, running.controller, 'large');
  const env = [{ name: 'LARGE', value: 'x'.repeat(950_000) }];
  const model = { modelFormat: { name: 'sklearn' }, runtime: 'kserve-sklearnserver', env };
  const large = isvc(workload.namespace, 'large', { spec: { predictor: { model } } });
  await installation.cluster.create(large);
  await installation.linked(large);
  await installation.cluster.patch(large, { status: { url: 'https://large.example.com' } }, { subresource: 'status' });
  await oracle.inStep();
});

it('does nothing twice when each line of its watch comes twice', async () => {
  const workload = await Workload.linked(installation, running.controller, 'twice');
  running.proxy.inject({ matches: isWatch, fault: { kind: 'duplicate' } });
  reopenWatches();
  await struck(running.proxy, 'duplicate');
  await workload.change();
  await oracle.inStep();
});

function listsOfInferenceServices(): number {
  return running.proxy.requests.filter(({ path, watch }) => path.endsWith('/inferenceservices') && !watch).length;
}
