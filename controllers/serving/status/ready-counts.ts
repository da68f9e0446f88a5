import type { ReadyValue } from '../../../definitions/metrics/serving';
import { servingConditions } from '../../../definitions/names/serving-conditions';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { conditionOf } from '../../runtime/conditions';
import { conditionsOf } from './stored-status';

/** How many InferenceServices are ready, not ready, or not known to be. One that is stopped is nobody's trouble and doesn't count. */
export function readyCounts(services: Iterable<InferenceService>): Readonly<Record<ReadyValue, number>> {
  const counts = { true: 0, false: 0, unknown: 0 };
  for (const { status } of services) {
    const conditions = conditionsOf(status);
    if (conditionOf(conditions, servingConditions.stopped)?.status === 'True') continue;
    const ready = conditionOf(conditions, servingConditions.ready)?.status;
    counts[ready === 'True' ? 'true' : ready === 'False' ? 'false' : 'unknown'] += 1;
  }
  return counts;
}
