import type { InferenceService } from '../../../definitions/serving/inference-service';
import type { Condition } from '../../runtime/conditions';

/** `status` of an InferenceService, as stored. */
export type InferenceServiceStatus = NonNullable<InferenceService['status']>;

/** `status.modelStatus`. */
export type ModelStatus = NonNullable<InferenceServiceStatus['modelStatus']>;

/** Conditions of a stored status. A status word that nobody defined is as good as Unknown. */
export function conditionsOf(status: InferenceServiceStatus | undefined): readonly Condition[] {
  return (status?.conditions ?? []).map((condition) => {
    const { status: word } = condition;
    return { ...condition, status: word === 'True' || word === 'False' ? word : 'Unknown' };
  });
}

/** A time as Kubernetes writes it: RFC 3339 in UTC, whole seconds. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
