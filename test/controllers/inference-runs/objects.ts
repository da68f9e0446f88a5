import type { InferenceConfig, InferenceConfigSpec } from '../../../definitions/inference/inference-config';
import type { InferenceRun, InferenceRunSpec } from '../../../definitions/inference/inference-run';

/** UID of the run in upstream's documents. */
export const documentedUid = '5be07ada-5fe0-4c9e-a8bc-aaae67d8d344';

/** A config as the API server stores it. */
export function configOf(spec: Partial<InferenceConfigSpec> = {}, name = 'iris-config'): InferenceConfig {
  return {
    metadata: { name, namespace: 'ml', uid: 'c0000000-0000-4000-8000-000000000001', generation: 3 },
    spec: { autoDeletePolicy: 'None', autoDeleteDelaySeconds: 300, ...spec },
  };
}

/** A run as the API server stores it. */
export function runOf(
  spec: Partial<InferenceRunSpec> = {},
  metadata: Partial<InferenceRun['metadata']> = {},
): InferenceRun {
  return {
    metadata: { name: 'iris-run', namespace: 'ml', uid: documentedUid, generation: 2, ...metadata },
    spec: { configRef: { name: 'iris-config' }, timeoutSeconds: 0, ...spec },
  };
}
