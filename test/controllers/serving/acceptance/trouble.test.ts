import {
  componentConditions,
  servingConditions,
  servingEvents,
} from '../../../../definitions/names/serving-conditions';
import { waitFor } from '../../../cluster/wait-for';
import type { PodFate } from '../../../doubles/kubelet/pod-life';
import { conditionOf, ServingInstallation } from '../serving-installation';
import { created, namespaceWithRuntime, tensorflowSpec } from './subjects';

/** What keeps a pod from serving is told where users look: in the condition, in modelStatus, and by an event. */
let installation: ServingInstallation;

/** Label of a service whose pods have the fate of that name. */
const fateLabel = 'tests/fate';

const fates = {
  unschedulable: { fate: 'unschedulable', message: '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.' },
  unpullable: {
    fate: 'image pull fails',
    message: 'failed to pull and unpack image "docker.io/tensorflow/serving:1.14.0": not found',
  },
  undownloadable: { fate: 'download fails', message: 'no such bucket: test', exitCode: 1 },
  crashing: { fate: 'crashes', message: 'Invalid SavedModel', exitCode: 3, reason: 'Error' },
} as const satisfies Record<string, PodFate>;
type Trouble = keyof typeof fates;

beforeAll(async () => {
  installation = await ServingInstallation.make({
    kubelet: {
      fateOf: ({ metadata }) => fates[metadata.labels?.[fateLabel] as Trouble] ?? { fate: 'serves' },
    },
  });
  await installation.start();
}, 120_000);

afterAll(() => installation?.close());

/** Milliseconds until the cause must be told (§17 row 55). */
const toldWithinMs = 10_000;

/** A predictor with its own download, as the webhook for pods would make it. */
const withDownload = tensorflowSpec({}, { initContainers: [{ name: 'storage-initializer', image: 'fetch:1' }] });

describe.each([
  ['is unschedulable', 'unschedulable', servingEvents.predictorPodBlocked, 'Pending'],
  ['can’t have its image', 'unpullable', servingEvents.predictorPodBlocked, 'Pending'],
  ['fails to download its model', 'undownloadable', servingEvents.modelLoadFailed, 'FailedToLoad'],
  ['crashes', 'crashing', servingEvents.modelLoadFailed, 'FailedToLoad'],
] as const)('a predictor that %s', (_what, trouble, reason, state) => {
  it('has the cause in PredictorReady and in one event within 10 s (§17 row 55)', async () => {
    const namespace = await namespaceWithRuntime(installation, 'trouble');
    const foo = await created(installation, namespace, 'foo', { labels: { [fateLabel]: trouble }, spec: withDownload });
    const { message } = fates[trouble];
    await waitFor('the pod to be in trouble', async () =>
      JSON.stringify(await installation.pods(namespace)).includes(JSON.stringify(message)),
    );
    const from = performance.now();
    const { status } = await installation.until(foo, 'to tell the cause', (now) => {
      const condition = conditionOf(now, componentConditions.predictor);
      return condition?.status === 'False' && condition.message?.includes(message) === true;
    });
    expect(conditionOf(status, componentConditions.predictor)?.reason).toBe(reason);
    expect(conditionOf(status, servingConditions.ready)?.status).toBe('False');
    expect(status?.modelStatus?.states?.targetModelState).toBe(state);
    const event = await installation.event(foo, reason);
    expect(event).toMatchObject({ type: 'Warning', note: expect.stringContaining(message) as string });
    expect(performance.now() - from).toBeLessThan(toldWithinMs);
    expect((await installation.eventsOn(foo)).filter((one) => one.reason === reason)).toHaveLength(1);
  });
});

it('tells what the download said before it was tried again (case 25)', async () => {
  const namespace = await namespaceWithRuntime(installation, 'load');
  const foo = await created(installation, namespace, 'foo', {
    labels: { [fateLabel]: 'undownloadable' },
    spec: withDownload,
  });
  const { status } = await installation.until(
    foo,
    'to be blocked',
    ({ modelStatus }) => modelStatus?.transitionStatus === 'BlockedByFailedLoad',
  );
  expect(status?.modelStatus).toMatchObject({
    transitionStatus: 'BlockedByFailedLoad',
    states: { targetModelState: 'FailedToLoad' },
    lastFailureInfo: { reason: 'ModelLoadFailed', message: fates.undownloadable.message, exitCode: 1 },
  });
});

it('tells why no pod can be made, in the words of who refuses them (case 47)', async () => {
  const namespace = await namespaceWithRuntime(installation, 'quota');
  const hard = { pods: '0' };
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none', namespace }, spec: { hard } };
  await installation.cluster.create(quota);
  // Here no controller of quotas runs, who would say what is used.
  await installation.cluster.patch(quota, { status: { hard, used: hard } }, { subresource: 'status' });
  const foo = await created(installation, namespace, 'foo');
  const { status } = await installation.condition(foo, componentConditions.predictor, 'False', 'FailedCreate');
  const message = conditionOf(status, componentConditions.predictor)?.message;
  expect(message).toContain('is forbidden: exceeded quota: none');
  expect(message).toContain('"');
  expect(conditionOf(status, servingConditions.ready)).toMatchObject({ status: 'False' });
});
