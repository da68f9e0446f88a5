import { containerNames } from '../../../definitions/names/serving';
import type { PredictorFailure } from '../predictor-failure';
import { type ComponentPod, newestFirst, takesRequests } from './component-pods';
import { failedRun, type FailedRun, runBefore } from './container-run';
import { type ModelStatus, rfc3339 } from './stored-status';

type FailureInfo = NonNullable<ModelStatus['lastFailureInfo']>;
type TargetState = NonNullable<ModelStatus['states']>['targetModelState'];

/** How far the model is, with the pod and the run that say so. */
interface Progress {
  readonly target: TargetState;
  readonly transition: ModelStatus['transitionStatus'];
  readonly failure?: FailureInfo;
}

export interface ModelFacts {
  readonly before: ModelStatus | undefined;
  /** Of the predictor. */
  readonly pods: readonly ComponentPod[];
  /** Whether the whole InferenceService is ready now. */
  readonly ready: boolean;
}

const starting: Progress = { target: 'Pending', transition: 'InProgress' };
const loading: Progress = { target: 'Loading', transition: 'InProgress' };
const loaded: Progress = { target: 'Loaded', transition: 'UpToDate' };

/**
 * How far the model is, told from the newest pod.
 *
 * Every member that has a default in the CRD is written, as an empty string if need be: the API server would fill in `UpToDate` and
 * `Pending`, and the next comparison would find a difference for ever.
 */
export function modelStatus({ before, pods, ready }: ModelFacts, nowMs: number): ModelStatus {
  const [newest] = newestFirst(pods);
  const progress = (newest === undefined ? starting : podProgress(newest, ready, before)) ?? unchanged(before);
  const serving = pods.filter(takesRequests).length;
  const active = progress === loaded ? 'Loaded' : (before?.states?.activeModelState ?? '');
  const failure = progress === loaded ? undefined : (progress.failure ?? before?.lastFailureInfo);
  return {
    transitionStatus: progress.transition,
    states: { activeModelState: active, targetModelState: progress.target },
    ...(failure === undefined ? {} : { lastFailureInfo: timed(failure, before, nowMs) }),
    copies: { failedCopies: 0, ...(serving === 0 ? {} : { totalCopies: serving }) },
  };
}

/** The model of a spec that can't be served. What serves meanwhile stays what it was. */
export function refusedModel(
  before: ModelStatus | undefined,
  { reason, failure }: PredictorFailure,
  nowMs: number,
): ModelStatus {
  return {
    transitionStatus: 'InvalidSpec',
    states: { activeModelState: before?.states?.activeModelState ?? '', targetModelState: 'FailedToLoad' },
    lastFailureInfo: timed({ reason, message: failure }, before, nowMs),
    ...(before?.copies === undefined ? {} : { copies: before.copies }),
  };
}

/** @returns undefined when the pod says nothing new */
function podProgress(pod: ComponentPod, ready: boolean, before: ModelStatus | undefined): Progress | undefined {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const download = initContainerStatuses.find(({ name }) => name === containerNames.storageInitializer);
  if (download !== undefined) {
    if (download.state?.running !== undefined) return runBefore(download) === undefined ? loading : undefined;
    const failed = failedRun(download);
    if (failed !== undefined) return failure(pod, failed);
  }
  if (ready) return loaded;
  const main = containerStatuses.find(({ name }) => name === containerNames.main);
  if (main === undefined) return undefined;
  const failed = failedRun(main);
  if (failed !== undefined) return failure(pod, failed);
  // Between two crashes it runs for a while: as long as it has not got further than before, the load stays failed.
  return before?.transitionStatus === 'BlockedByFailedLoad' && runBefore(main) !== undefined ? undefined : starting;
}

function failure({ metadata }: ComponentPod, { message, exitCode, endedMs }: FailedRun): Progress {
  return {
    target: 'FailedToLoad',
    transition: 'BlockedByFailedLoad',
    failure: {
      location: metadata.name,
      reason: 'ModelLoadFailed',
      message,
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(endedMs === undefined ? {} : { time: rfc3339(endedMs) }),
    },
  };
}

/** What was said stands, unless nothing was said or it was said of a spec that has been mended since. */
function unchanged(before: ModelStatus | undefined): Progress {
  const { transitionStatus = '', states } = before ?? {};
  if (transitionStatus === '' || transitionStatus === 'InvalidSpec') return starting;
  return { target: states?.targetModelState ?? '', transition: transitionStatus };
}

/** A failure with the time when it was first seen: the same crash again a minute later is no news. */
function timed(failure: FailureInfo, before: ModelStatus | undefined, nowMs: number): FailureInfo {
  const former = before?.lastFailureInfo;
  const members = ['location', 'reason', 'message', 'exitCode'] as const;
  const same = former?.time !== undefined && members.every((member) => former[member] === failure[member]);
  return same ? former : { ...failure, time: failure.time ?? rfc3339(nowMs) };
}
