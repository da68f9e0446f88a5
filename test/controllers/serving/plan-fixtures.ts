import { inferenceServiceConfigSchemas } from '../../../definitions/config/inference-service-config';
import type { Predictor } from '../../../controllers/serving/predictor/implementation';
import type { PlanSources } from '../../../controllers/serving/predictor/plan-predictor';
import type { RuntimeCandidates } from '../../../controllers/serving/runtimes/choose-runtime';
import type { ClusterStorageContainer } from '../../../definitions/serving/cluster-storage-container';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import type { ServingRuntime } from '../../../definitions/serving/serving-runtime';
import { frozen } from './frozen';

type Texts = Record<string, string>;

/** Settings of an installation that says nothing about them. */
export const settings = {
  inferenceService: inferenceServiceConfigSchemas.inferenceService.parse({}),
  explainers: inferenceServiceConfigSchemas.explainers.parse({}),
};

/** An InferenceService `iris` in `ml`, with what a test is about. */
export function service(
  predictor: Predictor,
  parts: {
    labels?: Texts;
    annotations?: Texts;
    transformer?: InferenceService['spec']['transformer'];
    explainer?: InferenceService['spec']['explainer'];
  } = {},
): InferenceService {
  const { transformer, explainer, ...metadata } = parts;
  return frozen({
    metadata: { name: 'iris', namespace: 'ml', ...metadata },
    spec: { predictor, ...(transformer && { transformer }), ...(explainer && { explainer }) },
  });
}

/** A runtime for sklearn with one container, with what a test is about. */
export function runtime(
  name: string,
  spec: Partial<ServingRuntime['spec']> = {},
  metadata: Partial<ServingRuntime['metadata']> = {},
): ServingRuntime {
  return frozen({
    metadata: { name, creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
    spec: {
      supportedModelFormats: [{ name: 'sklearn', version: '1', autoSelect: true }],
      containers: [{ name: 'kserve-container', image: 'runtime:1', args: ['--model_name={{.Name}}'] }],
      ...spec,
    },
  });
}

/** What a plan is made from: runtimes of the namespace and the cluster. */
export function sources(
  runtimes: Partial<RuntimeCandidates>,
  storageContainers: readonly ClusterStorageContainer[] = [],
): PlanSources {
  return { runtimes: { namespaced: [], cluster: [], ...runtimes }, storageContainers, settings };
}

/** What a function throws. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
