import type { V1ConfigMap } from '@kubernetes/client-node';
import { internalAnnotations, modelConfigKey, modelDirectory } from '../../../definitions/names/serving';
import { modelConfigDirectory, modelConfigName, servingVariables } from '../../../definitions/names/serving-runtimes';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { modelSource, type Implementation, type Predictor } from './implementation';

const selfLoadingFormat = 'huggingface';

/**
 * Whether a predictor's server is given its models while it runs. Custom ones say so; others are when they name no files,
 * but for Hugging Face's server, which fetches models itself.
 */
export function isMultiModel(predictor: Predictor, implementation: Implementation): boolean {
  const [firstContainer] = predictor.containers ?? [];
  if (firstContainer !== undefined) {
    return firstContainer.env?.some(isMultiModelVariable) ?? false;
  }
  const format =
    implementation.kind === 'model'
      ? implementation.model.modelFormat?.name
      : implementation.kind === 'framework'
        ? implementation.framework
        : undefined;
  const { storageUri, storage } = modelSource(implementation);
  return (
    format !== selfLoadingFormat &&
    storageUri === undefined &&
    storage === undefined &&
    (predictor.storageUris ?? []).length === 0
  );
}

const isMultiModelVariable = ({ name, value }: { readonly name: string; readonly value?: string }) =>
  name === servingVariables.multiModelServer && value === 'true';

/** Annotations that tell the pod webhook to add the agent, which loads the models of the list. */
export function multiModelInstructions(inferenceService: string): Record<string, string> {
  return {
    [internalAnnotations.agent]: 'true',
    [internalAnnotations.configVolumeName]: modelConfigName(inferenceService),
    [internalAnnotations.configMountPath]: modelConfigDirectory,
    [internalAnnotations.modelDir]: modelDirectory,
  };
}

/**
 * The list of a multi-model predictor's models as it is made: empty. It is left alone when it exists, because others fill
 * it. The InferenceService is to be its controller.
 */
export function newModelConfig({ metadata }: InferenceService): V1ConfigMap {
  const { name, namespace, labels } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: modelConfigName(name),
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
    },
    data: { [modelConfigKey]: '[]' },
  };
}
