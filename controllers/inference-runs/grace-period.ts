import type { InferenceConfig } from '../../definitions/inference/inference-config';

/** Kubernetes' default, made explicit. */
const defaultSeconds = 30;

/** Seconds a runner has to save its state when it is stopped. */
export function gracePeriodSeconds({ spec }: InferenceConfig): number {
  return spec?.runner?.terminationGracePeriodSeconds ?? defaultSeconds;
}
