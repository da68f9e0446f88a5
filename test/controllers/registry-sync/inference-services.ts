import { registrySyncConfigSchema, type RegistrySyncSettings } from '../../../definitions/config/registry-sync';
import type { InferenceService } from '../../../definitions/serving/inference-service';

/** Configuration with defaults, and the settings a test is about. */
export const config = (settings: RegistrySyncSettings = {}) => registrySyncConfigSchema.parse(settings);

/** An InferenceService as the API server stores it, with what a test is about. */
export function inferenceService(parts: {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  spec?: InferenceService['spec'];
  status?: InferenceService['status'];
}): InferenceService {
  const { spec = { predictor: { model: { modelFormat: { name: 'sklearn' } } } }, status, ...metadata } = parts;
  return {
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name: 'iris', namespace: 'ml-models', uid: 'uid-1', resourceVersion: '7', ...metadata },
    spec,
    ...(status === undefined ? {} : { status }),
  };
}
