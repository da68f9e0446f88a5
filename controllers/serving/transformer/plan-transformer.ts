import type { V1Container } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import { containerNames, internalAnnotations } from '../../../definitions/names/serving';
import { servingVariables } from '../../../definitions/names/serving-runtimes';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import {
  absentArguments,
  httpPortArgument,
  modelNameArgument,
  predictorHostArgument,
  workersArguments,
} from '../companion-arguments';
import { ComponentFailure } from '../component-failure';
import { batcherInstructions, loggerInstructions } from '../component-instructions';
import { companionName, componentAnnotations, componentLabels, filteredAnnotations } from '../component-metadata';
import type { ComponentPlan } from '../component-plan';
import { corePodSpec, extensionOf, knowingItsName, variableOf } from '../component-pod';

/**
 * Computes what the transformer of an InferenceService is to run; undefined when it has none.
 *
 * @throws ComponentFailure when it can't run as it is
 */
export function planTransformer(
  inferenceService: InferenceService,
  { inferenceService: settings }: Pick<InferenceServiceConfig, 'inferenceService'>,
): ComponentPlan | undefined {
  const { metadata, spec } = inferenceService;
  const { transformer } = spec;
  if (transformer === undefined) {
    return undefined;
  }
  const podSpec = corePodSpec(transformer);
  const [first, ...others] = podSpec.containers;
  if (first === undefined) {
    throw new ComponentFailure('transformer', 'spec.transformer runs nothing: give it containers');
  }
  const given = first.args ?? [];
  const main: V1Container = {
    ...first,
    name: first.name === '' ? containerNames.main : first.name,
    args: [
      ...given,
      ...absentArguments(given, [
        modelNameArgument(inferenceService),
        predictorHostArgument(inferenceService),
        httpPortArgument,
        ...workersArguments(transformer),
      ]),
    ],
  };
  const storageUri = variableOf(first, servingVariables.storageUri) ?? '';
  return {
    component: 'transformer',
    name: companionName(inferenceService, 'transformer'),
    namespace: metadata.namespace ?? '',
    labels: componentLabels(metadata.name, 'transformer', metadata.labels, transformer.labels),
    annotations: componentAnnotations(
      filteredAnnotations(metadata.annotations, settings),
      storageUri === '' ? {} : { [internalAnnotations.storageSourceUri]: storageUri },
      loggerInstructions(transformer.logger),
      batcherInstructions(transformer.batcher),
      filteredAnnotations(transformer.annotations, settings),
    ),
    podSpec: { ...podSpec, containers: [knowingItsName(main, metadata.name), ...others] },
    extension: extensionOf(transformer),
  };
}
