import type { InferenceService } from '../../../definitions/serving/inference-service';

type Spec = InferenceService['spec'];

/** The spec with components that do not mount the ServiceAccount's token unless they say so themselves. */
export function withoutServiceAccountToken(spec: Spec): Spec {
  const { predictor, transformer, explainer } = spec;
  return {
    ...spec,
    predictor: { automountServiceAccountToken: false, ...predictor },
    ...(transformer && { transformer: { automountServiceAccountToken: false, ...transformer } }),
    ...(explainer && { explainer: { automountServiceAccountToken: false, ...explainer } }),
  };
}
