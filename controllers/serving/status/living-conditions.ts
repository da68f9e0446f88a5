import { servingConditions } from '../../../definitions/names/serving-conditions';
import { type Condition, conditionOf } from '../../runtime/conditions';
import { rfc3339 } from './stored-status';

/** Why a condition is as it is; an empty word is as good as none. */
export interface Cause {
  /** CamelCase by custom; upstream has sentences too. */
  readonly reason?: string | undefined;
  /** For people, plain text: a percent sign is a percent sign. */
  readonly message?: string | undefined;
}

type Conditions = readonly Condition[];

const { ready, predictorReady, ingressReady } = servingConditions;

/** What Ready is made of, in the order in which it is looked at. */
const dependents = [predictorReady, ingressReady] as const;
const decisive: readonly string[] = [ready, ...dependents];

/*
 * Knative's "living" set of conditions as KServe uses it. Guarantees: lists are sorted by type; a condition that says what it said is
 * left alone, any difference moves its lastTransitionTime; conditions that Ready is not made of have severity Info.
 */

/** Ready and what it is made of, Unknown as far as they are missing. */
export function initialised(conditions: Conditions, nowMs: number): Conditions {
  const status = conditionOf(conditions, ready)?.status === 'True' ? 'True' : 'Unknown';
  return decisive
    .filter((type) => conditionOf(conditions, type) === undefined)
    .reduce((all, type) => withSaid(all, { type, status }, nowMs), conditions);
}

/** The condition is True; Ready follows from what it is made of. */
export function markTrue(conditions: Conditions, type: string, cause: Cause, nowMs: number): Conditions {
  const marked = withSaid(conditions, { type, status: 'True', ...cause }, nowMs);
  const worst = worstOf(marked);
  if (worst === undefined) return withSaid(marked, { type: ready, status: 'True' }, nowMs);
  const { status, reason, message } = worst;
  return withSaid(marked, { type: ready, status, reason, message }, nowMs);
}

/** The condition is False, and with it Ready if it is made of it. */
export function markFalse(conditions: Conditions, type: string, cause: Cause, nowMs: number): Conditions {
  const marked = withSaid(conditions, { type, status: 'False', ...cause }, nowMs);
  return isDependent(type) ? withSaid(marked, { type: ready, status: 'False', ...cause }, nowMs) : marked;
}

/** The condition is Unknown. Ready is False while something else that it is made of is; else it is Unknown too if it is made of this. */
export function markUnknown(conditions: Conditions, type: string, cause: Cause, nowMs: number): Conditions {
  const marked = withSaid(conditions, { type, status: 'Unknown', ...cause }, nowMs);
  if (dependents.some((one) => conditionOf(marked, one)?.status === 'False')) {
    if (conditionOf(marked, ready)?.status === 'False') return marked;
    return withSaid(marked, { type: ready, status: 'False', ...cause }, nowMs);
  }
  return isDependent(type) ? withSaid(marked, { type: ready, status: 'Unknown', ...cause }, nowMs) : marked;
}

/** Marks with any status. */
export function mark(
  conditions: Conditions,
  type: string,
  { status, reason, message }: Cause & Pick<Condition, 'status'>,
  nowMs: number,
): Conditions {
  const marks = { True: markTrue, False: markFalse, Unknown: markUnknown };
  return marks[status](conditions, type, { reason, message }, nowMs);
}

/** Without conditions of these types. Ready and what it is made of stay. */
export function cleared(conditions: Conditions, types: readonly string[]): Conditions {
  return conditions.filter(({ type }) => decisive.includes(type) || !types.includes(type));
}

/**
 * Keeps Ready from being True while one of these conditions is not: it takes over the first such. Knative's set knows no such rule,
 * but tools that look at all conditions (Argo CD) would wait for ever for a service that says it is ready.
 */
export function gated(conditions: Conditions, types: readonly string[], nowMs: number): Conditions {
  if (conditionOf(conditions, ready)?.status !== 'True') return conditions;
  const flaw = types.map((type) => conditionOf(conditions, type)).find((one) => one !== undefined && !isTrue(one));
  if (flaw === undefined) return conditions;
  const { status, reason, message } = flaw;
  return withSaid(conditions, { type: ready, status, reason, message }, nowMs);
}

/**
 * Gives conditions that end up saying what they said before their former time back: on the way through the marks Ready may have said
 * something else for a moment, which nobody has seen.
 */
export function settled(before: Conditions, after: Conditions): Conditions {
  return after.map((condition) => {
    const former = conditionOf(before, condition.type);
    return former?.lastTransitionTime !== undefined && sameSaid(former, condition) ? former : condition;
  });
}

function isDependent(type: string): boolean {
  return dependents.some((one) => one === type);
}

function isTrue({ status }: Condition): boolean {
  return status === 'True';
}

/** What keeps Ready from being True: what became False last, else what is Unknown. */
function worstOf(conditions: Conditions): Condition | undefined {
  const flaws = dependents
    .map((type): Condition => conditionOf(conditions, type) ?? { type, status: 'Unknown' })
    .filter((condition) => !isTrue(condition));
  const timeOf = ({ lastTransitionTime = '' }: Condition) => lastTransitionTime;
  const failed = flaws
    .filter(({ status }) => status === 'False')
    .toSorted((one, other) => (timeOf(one) < timeOf(other) ? 1 : -1));
  return failed[0] ?? flaws[0];
}

function withSaid(
  conditions: Conditions,
  { type, status, reason, message }: Cause & Pick<Condition, 'type' | 'status'>,
  nowMs: number,
): Conditions {
  const said: Condition = {
    type,
    status,
    ...(decisive.includes(type) ? {} : { severity: 'Info' }),
    ...(reason === undefined || reason === '' ? {} : { reason }),
    ...(message === undefined || message === '' ? {} : { message }),
  };
  const before = conditionOf(conditions, type);
  if (before !== undefined && sameSaid(before, said)) return conditions;
  const others = conditions.filter((condition) => condition.type !== type);
  return [...others, { ...said, lastTransitionTime: rfc3339(nowMs) }].toSorted((a, b) => (a.type < b.type ? -1 : 1));
}

function sameSaid(one: Condition, other: Condition): boolean {
  const members = ['status', 'reason', 'message', 'severity'] as const;
  return members.every((member) => (one[member] ?? '') === (other[member] ?? ''));
}
