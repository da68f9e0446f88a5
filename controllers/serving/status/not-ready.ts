import { namedNotReady } from '../../../definitions/metrics/serving';
import { servingConditions } from '../../../definitions/names/serving-conditions';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { conditionOf } from '../../runtime/conditions';
import { conditionsOf } from './stored-status';

/** An InferenceService that is not ready. */
export interface NotReady {
  readonly namespace: string;
  readonly name: string;
  /** Since condition Ready changed last; without one, since its creation. */
  readonly seconds: number;
}

/**
 * Those that are not ready, False or not known, the longest first and no more than can be named. One that is stopped is nobody's
 * trouble, and neither is one that goes.
 *
 * @param nowMs wall clock, milliseconds since the epoch
 */
export function notReady(services: Iterable<InferenceService>, nowMs: number): readonly NotReady[] {
  const found: NotReady[] = [];
  for (const { metadata, status } of services) {
    const conditions = conditionsOf(status);
    const ready = conditionOf(conditions, servingConditions.ready);
    if (ready?.status === 'True' || metadata.deletionTimestamp !== undefined) continue;
    if (conditionOf(conditions, servingConditions.stopped)?.status === 'True') continue;
    const since = millisecondsOf(ready?.lastTransitionTime) ?? millisecondsOf(metadata.creationTimestamp) ?? nowMs;
    const seconds = Math.max(0, (nowMs - since) / 1000);
    found.push({ namespace: metadata.namespace ?? '', name: metadata.name, seconds });
  }
  return found.sort((a, b) => b.seconds - a.seconds).slice(0, namedNotReady);
}

/** Milliseconds since the epoch; nothing where the text is no time. */
function millisecondsOf(time: string | Date | undefined): number | undefined {
  const milliseconds = time === undefined ? NaN : new Date(time).getTime();
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
