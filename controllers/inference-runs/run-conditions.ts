import type { RunCondition } from '../../definitions/inference/run-condition';
import { runConditions, runReasons, type RunPhase } from '../../definitions/names/inference';
import { withCondition, type Condition, type ConditionNow } from '../runtime/conditions';

type Fact = Omit<ConditionNow, 'type'>;

/** What the conditions of a run are to say. */
export interface Standing {
  readonly phase: RunPhase;
  /** Details of `Ready`. */
  readonly message?: string | undefined;
  /** In place of what the phase says. */
  readonly synced?: Fact | undefined;
  /** In place of what the phase says. */
  readonly succeeded?: Fact | undefined;
}

interface PhaseFacts {
  readonly ready: Fact;
  readonly synced: Fact;
  /** undefined: what it was. */
  readonly succeeded: Fact | undefined;
}

const synced: Fact = { status: 'True', reason: runReasons.reconcileSuccess };
const available: Fact = { status: 'True', reason: runReasons.available };
const unavailable: Fact = { status: 'False', reason: runReasons.unavailable };
const unknown = (reason: string): Fact => ({ status: 'Unknown', reason });

/** What each phase says, so that readers of upstream, which look at `Ready` and `Synced` alone, go on to understand it. */
const factsOf: Readonly<Record<RunPhase, PhaseFacts>> = {
  Blocked: {
    ready: unavailable,
    synced: { status: 'False', reason: runReasons.reconcileError },
    succeeded: unknown(runReasons.blocked),
  },
  Pending: {
    ready: { status: 'False', reason: runReasons.creating },
    synced,
    succeeded: unknown(runReasons.inProgress),
  },
  Running: { ready: available, synced, succeeded: unknown(runReasons.inProgress) },
  Retrying: { ready: available, synced, succeeded: unknown(runReasons.retrying) },
  Suspended: { ready: unavailable, synced, succeeded: unknown(runReasons.suspended) },
  Scheduled: { ready: available, synced, succeeded: unknown(runReasons.neverRan) },
  Succeeded: { ready: available, synced, succeeded: { status: 'True', reason: runReasons.jobComplete } },
  Failed: { ready: unavailable, synced, succeeded: undefined },
  Deleting: { ready: { status: 'False', reason: runReasons.deleting }, synced, succeeded: undefined },
};

/**
 * Conditions of a run.
 *
 * @param before as stored: times of what does not change stay
 * @param nowMs wall clock, milliseconds since the epoch
 */
export function conditionsOf(
  before: readonly RunCondition[] | undefined,
  standing: Standing,
  nowMs: number,
): RunCondition[] {
  const facts = factsOf[standing.phase];
  const { message } = standing;
  const ready = message === undefined ? facts.ready : { ...facts.ready, message };
  const succeeded = standing.succeeded ?? facts.succeeded;
  return withFacts(
    before,
    [
      [runConditions.ready, ready],
      [runConditions.synced, standing.synced ?? facts.synced],
      ...(succeeded === undefined ? [] : [[runConditions.succeeded, succeeded] as const]),
    ],
    nowMs,
  );
}

/** Conditions with some of them brought up to date. */
export function withFacts(
  before: readonly RunCondition[] | undefined,
  facts: readonly (readonly [type: string, fact: Fact])[],
  nowMs: number,
): RunCondition[] {
  const stored: readonly Condition[] = (before ?? []).flatMap(({ status, ...condition }) =>
    isConditionStatus(status) ? [{ ...condition, status }] : [],
  );
  return facts
    .reduce((conditions, [type, fact]) => withCondition(conditions, { ...fact, type }, nowMs), stored)
    .map(({ type, status, reason = '', message, lastTransitionTime = '' }) => ({
      type,
      status,
      reason,
      lastTransitionTime,
      ...(message === undefined ? {} : { message }),
    }));
}

function isConditionStatus(text: string): text is Condition['status'] {
  return text === 'True' || text === 'False' || text === 'Unknown';
}
