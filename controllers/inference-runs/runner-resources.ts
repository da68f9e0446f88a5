import type { V1ResourceRequirements } from '@kubernetes/client-node';
import type { RunnerPod } from '../../definitions/inference/runner-pod';

/** Resources of the runner in the form of the core types, which write every quantity as a text. */
export function runnerResources({
  limits,
  requests,
  claims,
}: NonNullable<RunnerPod['resources']>): V1ResourceRequirements {
  return {
    ...(limits !== undefined && { limits: quantityTexts(limits) }),
    ...(requests !== undefined && { requests: quantityTexts(requests) }),
    ...(claims !== undefined && { claims: [...claims] }),
  };
}

function quantityTexts(quantities: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(quantities).map(([name, quantity]) => [name, String(quantity)]));
}
