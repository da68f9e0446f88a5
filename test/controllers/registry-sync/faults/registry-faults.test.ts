import { registryKeys } from '../../../../definitions/names/model-registry';
import { waitFor } from '../../../cluster/wait-for';
import { registryFaults, type FaultTarget, type RegistryFault } from '../../../doubles/model-registry/faults';
import { startFaultProxy, type FaultProxy } from '../../../faults/fault-proxy';
import type { ControllerProcess } from '../controller-process';
import { inferenceServiceOf as isvc, Installation, type TestInferenceService } from '../installation';
import { Oracle } from './oracle';

let installation: Installation;
let oracle: Oracle;
let controller: ControllerProcess;
/** Before the registry, for what only a network does. */
let proxy: FaultProxy;

beforeAll(async () => {
  installation = await Installation.make();
  oracle = await Oracle.of(installation);
  proxy = await startFaultProxy({ target: installation.registry.url });
  const trustedHosts = [new URL(installation.registry.url).host, new URL(proxy.url).host];
  controller = await installation.start({ settings: { registry: { requestTimeoutSeconds: 1, trustedHosts } } });
}, 120_000);
afterAll(async () => {
  await proxy?.close();
  await installation?.close();
});

type Inject = (rule: { matches: (request: FaultTarget) => boolean }) => () => void;
const inRegistry =
  (fault: RegistryFault): Inject =>
  ({ matches }) =>
    installation.registry.inject({ matches, fault });
const halfWay: Inject = ({ matches }) => proxy.inject({ matches, fault: { kind: 'cut', afterBytes: 10 } });

describe.each<[string, Inject]>([
  ['answers 500', inRegistry(registryFaults.internalError)],
  ['answers 401', inRegistry(registryFaults.unauthorized)],
  ['answers 200 with HTML', inRegistry(registryFaults.loginPage)],
  ['answers 200 with an empty body', inRegistry(registryFaults.emptyBody)],
  ['does not answer', inRegistry(registryFaults.silence)],
  ['closes half-way', halfWay],
])('a registry that %s', (_, inject) => {
  it.each<[string, (request: FaultTarget) => boolean]>([
    ['to every request', () => true],
    ['to the search for a record', ({ method, path }) => method === 'GET' && path.endsWith('/inference_service')],
  ])('%s gets no record, and its record once that has ended', async (which, matches) => {
    const namespace = await installation.cluster.namespace('registry');
    const object = through(proxy, isvc(namespace, which.replaceAll(' ', '-')));
    let struck = 0;
    const remove = inject({ matches: (request) => matches(request) && (struck += 1) > 0 });
    const before = installation.registry.log.length;
    await installation.cluster.create(object);
    await waitFor('the fault to strike twice', () => struck >= 2);
    const made = installation.registry.log.slice(before).filter(({ method }) => method === 'POST');
    expect(made.filter(({ path }) => path.endsWith('/inference_services'))).toEqual([]);
    remove();
    await installation.linked(object);
    await oracle.holds(controller);
  });
});

/** The InferenceService with its registry behind the proxy. */
function through({ url }: FaultProxy, object: TestInferenceService): TestInferenceService {
  return { ...object, metadata: { ...object.metadata, annotations: { [registryKeys.url]: url } } };
}
