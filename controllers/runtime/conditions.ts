/** A condition of an object's status, as metav1.Condition and Knative's conditions have it. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** CamelCase. */
  readonly reason?: string;
  readonly message?: string;
  /** When `status` last changed, RFC 3339. */
  readonly lastTransitionTime?: string;
  readonly severity?: string;
  readonly observedGeneration?: number;
}

/** What is the case now; when it came to be so follows from what was. */
export type ConditionNow = Omit<Condition, 'lastTransitionTime'>;

/**
 * Conditions with one of them brought up to date, in the order of their types, so that the same facts give the same list.
 *
 * Guarantee: the very list that came in when nothing changes, so that an object is not written again for nothing; the time of the last
 * transition moves with `status` only, never with reason or message.
 *
 * @param nowMs wall clock, milliseconds since the epoch
 */
export function withCondition(
  conditions: readonly Condition[],
  now: ConditionNow,
  nowMs: number,
): readonly Condition[] {
  const before = conditions.find(({ type }) => type === now.type);
  const unchanged = before?.status === now.status ? before.lastTransitionTime : undefined;
  const time = unchanged ?? new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const after: Condition = { ...now, lastTransitionTime: time };
  if (before !== undefined && sameMembers(before, after)) return conditions;
  const others = conditions.filter(({ type }) => type !== now.type);
  return [...others, after].sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** The condition of a type. */
export function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

function sameMembers(a: Condition, b: Condition): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => Reflect.get(a, name) === Reflect.get(b, name));
}
