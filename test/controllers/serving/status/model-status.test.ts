import { PredictorFailure } from '../../../../controllers/serving/predictor-failure';
import { modelStatus, refusedModel } from '../../../../controllers/serving/status/model-status';
import type { ComponentPod } from '../../../../controllers/serving/status/component-pods';
import type { ModelStatus } from '../../../../controllers/serving/status/stored-status';
import {
  at,
  container,
  download,
  pod,
  running,
  server,
  servingPod,
  start,
  terminated,
  timeAt,
  waiting,
} from './cluster-facts';

const copies = { failedCopies: 0 };
const pending: ModelStatus = {
  transitionStatus: 'InProgress',
  states: { activeModelState: '', targetModelState: 'Pending' },
  copies,
};
const loaded: ModelStatus = {
  transitionStatus: 'UpToDate',
  states: { activeModelState: 'Loaded', targetModelState: 'Loaded' },
  copies: { failedCopies: 0, totalCopies: 1 },
};
const blocked: ModelStatus = {
  transitionStatus: 'BlockedByFailedLoad',
  states: { activeModelState: '', targetModelState: 'FailedToLoad' },
  lastFailureInfo: { location: 'iris-predictor-1', reason: 'ModelLoadFailed', message: 'm', time: timeAt(3) },
  copies,
};

/** `TARGET TRANSITION`, with the failure when there is one. */
function told({ transitionStatus, states, lastFailureInfo }: ModelStatus): string {
  const { message = '', exitCode = '' } = lastFailureInfo ?? {};
  const failure = lastFailureInfo === undefined ? '' : ` (${exitCode}: ${message})`;
  return `${states?.targetModelState ?? ''} ${transitionStatus}${failure}`;
}

const of = (pods: readonly ComponentPod[], { ready = false, before }: { ready?: boolean; before?: ModelStatus } = {}) =>
  modelStatus({ before, pods, ready }, start);

const failed = { message: 'no such key', finishedAt: at(9) };
const completed = download(terminated('Completed', 0));

describe('the model is as far as its newest pod says (§11.5)', () => {
  it.each<{ what: string; pods: ComponentPod[]; ready?: boolean; before?: ModelStatus; says: string }>([
    { what: 'no pods', pods: [], says: 'Pending InProgress' },
    { what: 'no pods of a service that was ready', pods: [], ready: true, before: loaded, says: 'Pending InProgress' },
    {
      what: 'the download runs',
      pods: [pod({ initContainers: [download(running())] })],
      says: 'Loading InProgress',
    },
    {
      what: 'the download runs while an older pod serves',
      pods: [servingPod({ name: 'old' }), pod({ createdAt: 5, initContainers: [download(running())] })],
      ready: true,
      before: loaded,
      says: 'Loading InProgress',
    },
    {
      what: 'the download runs again after a failure: what was said stands',
      pods: [pod({ initContainers: [download(running(), { lastState: terminated('Error', 1, failed) })] })],
      before: blocked,
      says: 'FailedToLoad BlockedByFailedLoad (: m)',
    },
    {
      what: 'the download failed',
      pods: [pod({ initContainers: [download(terminated('Error', 1, failed))] })],
      says: 'FailedToLoad BlockedByFailedLoad (1: no such key)',
    },
    {
      what: 'the download was killed for its memory',
      pods: [pod({ initContainers: [download(terminated('OOMKilled', 137))] })],
      says: 'FailedToLoad BlockedByFailedLoad (137: )',
    },
    {
      what: 'the download waits after a failure (case 25)',
      pods: [
        pod({ initContainers: [download(waiting('CrashLoopBackOff'), { lastState: terminated('Error', 1, failed) })] }),
      ],
      says: 'FailedToLoad BlockedByFailedLoad (1: no such key)',
    },
    {
      what: 'the download waits after a failure of which nothing is left (§17 row 24)',
      pods: [pod({ initContainers: [download(waiting('CrashLoopBackOff', 'back-off 10s'))] })],
      says: 'FailedToLoad BlockedByFailedLoad (: back-off 10s)',
    },
    {
      what: 'a failed download counts more than a service that is ready',
      pods: [pod({ initContainers: [download(terminated('Error', 1, failed))] })],
      ready: true,
      says: 'FailedToLoad BlockedByFailedLoad (1: no such key)',
    },
    {
      what: 'the service is ready',
      pods: [servingPod()],
      ready: true,
      says: 'Loaded UpToDate',
    },
    {
      what: 'the service is ready, whatever the newest server does',
      pods: [pod({ initContainers: [completed], containers: [server(terminated('Error', 3, failed))] })],
      ready: true,
      says: 'Loaded UpToDate',
    },
    {
      what: 'the server failed',
      pods: [pod({ initContainers: [completed], containers: [server(terminated('Error', 3, failed))] })],
      says: 'FailedToLoad BlockedByFailedLoad (3: no such key)',
    },
    {
      what: 'the server waits after a failure',
      pods: [pod({ containers: [server(waiting('CrashLoopBackOff'), { lastState: terminated('Error', 3, failed) })] })],
      says: 'FailedToLoad BlockedByFailedLoad (3: no such key)',
    },
    {
      what: 'the server waits for its image',
      pods: [pod({ containers: [server(waiting('ImagePullBackOff', 'Back-off'))] })],
      says: 'Pending InProgress',
    },
    {
      what: 'the server waits for the download',
      pods: [pod({ initContainers: [completed], containers: [server(waiting('PodInitializing'))] })],
      before: blocked,
      says: 'Pending InProgress (: m)',
    },
    {
      what: 'the server runs',
      pods: [pod({ initContainers: [completed], containers: [server(running())] })],
      says: 'Pending InProgress',
    },
    {
      what: 'the server runs between two crashes: the load stays failed',
      pods: [pod({ containers: [server(running(), { lastState: terminated('Error', 3, failed) })] })],
      before: blocked,
      says: 'FailedToLoad BlockedByFailedLoad (: m)',
    },
    { what: 'no word of the server, nothing said before', pods: [pod()], says: 'Pending InProgress' },
    { what: 'no word of the server', pods: [pod()], before: loaded, says: 'Loaded UpToDate' },
    {
      what: 'no word of the server, but of a sidecar',
      pods: [pod({ containers: [container('agent', running())] })],
      before: blocked,
      says: 'FailedToLoad BlockedByFailedLoad (: m)',
    },
    {
      what: 'no word of the server, and a spec that has been mended',
      pods: [pod()],
      before: { ...blocked, transitionStatus: 'InvalidSpec' },
      says: 'Pending InProgress (: m)',
    },
    {
      what: 'pods that are being deleted don’t count',
      pods: [pod({ createdAt: 9, deleted: true, containers: [server(terminated('Error', 143))] })],
      says: 'Pending InProgress',
    },
  ])('$what: $says', ({ pods, says, ...facts }) => {
    const after = of(pods, facts);
    expect(told(after)).toBe(says);
    expect(of(pods, { ...facts, before: after })).toEqual(after);
  });

  it('a new service says every member that has a default, as an empty string if need be (§11.5 [TEST])', () => {
    expect(of([])).toEqual(pending);
  });

  it('a failure names pod, message, exit code and time (case 25, §17 row 15)', () => {
    const after = of([pod({ initContainers: [download(terminated('Error', 1, failed))] })]);
    expect(after).toEqual({
      transitionStatus: 'BlockedByFailedLoad',
      states: { activeModelState: '', targetModelState: 'FailedToLoad' },
      lastFailureInfo: {
        location: 'iris-predictor-1',
        reason: 'ModelLoadFailed',
        message: 'no such key',
        exitCode: 1,
        time: timeAt(9),
      },
      copies,
    });
  });

  it('the same failure again keeps the time when it was first seen', () => {
    const crash = (endedAt: number) =>
      pod({ initContainers: [download(terminated('Error', 1, { message: 'm', finishedAt: at(endedAt) }))] });
    const first = of([crash(9)]);
    expect(of([crash(69)], { before: first })).toEqual(first);
    expect(of([crash(69)]).lastFailureInfo?.time).toBe(timeAt(69));
  });

  it('a failure is forgotten once a model is loaded, not before (§17 row 15)', () => {
    const starts = of([pod({ containers: [server(running())] })], { before: blocked });
    expect(starts.lastFailureInfo).toEqual(blocked.lastFailureInfo);
    expect(of([servingPod()], { ready: true, before: starts })).toEqual(loaded);
  });

  it('what serves stays Loaded while another model is on its way', () => {
    const after = of([pod({ createdAt: 9, initContainers: [download(running())] }), servingPod({ name: 'old' })], {
      ready: true,
      before: loaded,
    });
    expect(after).toEqual({
      transitionStatus: 'InProgress',
      states: { activeModelState: 'Loaded', targetModelState: 'Loading' },
      copies: { failedCopies: 0, totalCopies: 1 },
    });
  });

  it('copies are the pods that run and are ready', () => {
    const pods = [
      servingPod({ name: 'a' }),
      servingPod({ name: 'b' }),
      servingPod({ name: 'c', phase: 'Pending' }),
      pod(),
    ];
    expect(of(pods, { ready: true }).copies).toEqual({ failedCopies: 0, totalCopies: 2 });
  });
});

describe('of two pods of equal age', () => {
  const crashed = pod({ name: 'a', containers: [server(terminated('Error', 1, failed))] });
  const starting = pod({ name: 'b', containers: [server(running())] });

  it('the first by name says how far the model is, however they are listed (case 49)', () => {
    let before = of([crashed, starting]);
    expect(told(before)).toBe('FailedToLoad BlockedByFailedLoad (1: no such key)');
    for (let nudge = 0; nudge < 40; nudge += 1) {
      const after = of(nudge % 2 === 0 ? [starting, crashed] : [crashed, starting], { before });
      expect(after).toEqual(before);
      before = after;
    }
  });
});

describe('a spec that can’t be served', () => {
  it.each([
    ['case 21', 'RuntimeNotRecognized', 'Waiting for runtime to become available'],
    ['case 22', 'RuntimeDisabled', 'Specified runtime is disabled'],
    ['case 23', 'NoSupportingRuntime', 'Specified runtime does not support specified framework/version'],
  ] as const)('is told with reason and message (%s)', (_case, reason, message) => {
    expect(refusedModel(undefined, new PredictorFailure(reason, message, 'for people'), start)).toEqual({
      transitionStatus: 'InvalidSpec',
      states: { activeModelState: '', targetModelState: 'FailedToLoad' },
      lastFailureInfo: { reason, message, time: timeAt(0) },
    });
  });

  it('leaves alone what is said of the model that serves, and the time of the failure', () => {
    const failure = new PredictorFailure('RuntimeDisabled', 'Specified runtime is disabled', 'for people');
    const first = refusedModel(loaded, failure, start);
    expect(first.states).toEqual({ activeModelState: 'Loaded', targetModelState: 'FailedToLoad' });
    expect(first.copies).toEqual(loaded.copies);
    expect(refusedModel(first, failure, start + 60_000)).toEqual(first);
  });
});
