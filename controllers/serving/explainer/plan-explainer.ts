import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
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
import { loggerInstructions } from '../component-instructions';
import { companionName, componentAnnotations, componentLabels, filteredAnnotations } from '../component-metadata';
import type { ComponentPlan } from '../component-plan';
import { corePodSpec, extensionOf } from '../component-pod';
import { artContainer } from './art-container';

type Explainer = NonNullable<InferenceService['spec']['explainer']>;

/**
 * Computes what the explainer of an InferenceService is to run; undefined when it has none. Unlike other components its
 * containers are not told the service's name, and it has no batcher: upstream's are so.
 *
 * @throws ComponentFailure when it can't run as it is
 */
export function planExplainer(
  inferenceService: InferenceService,
  settings: Pick<InferenceServiceConfig, 'inferenceService' | 'explainers'>,
): ComponentPlan | undefined {
  const { metadata, spec } = inferenceService;
  const { explainer } = spec;
  if (explainer === undefined) {
    return undefined;
  }
  const filtered = (annotations: Readonly<Record<string, string>> | undefined) =>
    filteredAnnotations(annotations, settings.inferenceService);
  return {
    component: 'explainer',
    name: companionName(inferenceService, 'explainer'),
    namespace: metadata.namespace ?? '',
    labels: componentLabels(metadata.name, 'explainer', metadata.labels, explainer.labels),
    annotations: componentAnnotations(
      filtered(metadata.annotations),
      storageInstructions(explainer),
      loggerInstructions(explainer.logger),
      filtered(explainer.annotations),
    ),
    podSpec: explainerPod(inferenceService, explainer, settings.explainers.art),
    extension: extensionOf(explainer),
  };
}

function explainerPod(
  inferenceService: InferenceService,
  explainer: Explainer,
  artDefaults: InferenceServiceConfig['explainers']['art'],
): V1PodSpec {
  const podSpec = corePodSpec(explainer);
  if (explainer.art !== undefined) {
    const art = artContainer(inferenceService, explainer.art, explainer, artDefaults);
    return { ...podSpec, containers: [art, ...podSpec.containers] };
  }
  const [first, ...others] = podSpec.containers;
  if (first === undefined) {
    throw new ComponentFailure('explainer', 'spec.explainer runs nothing: give it art, or containers of its own');
  }
  const given = first.args ?? [];
  const main: V1Container = {
    ...first,
    name: first.name === '' ? containerNames.main : first.name,
    args: [
      ...given,
      ...absentArguments(given, [modelNameArgument(inferenceService), predictorHostArgument(inferenceService)]),
      // Upstream says the port even where the user does: its last word counts.
      ...httpPortArgument,
      ...absentArguments(given, workersArguments(explainer)),
    ],
  };
  return { ...podSpec, containers: [main, ...others] };
}

function storageInstructions({ art, containers }: Explainer): Record<string, string> {
  const variable = containers?.[0]?.env?.find(({ name }) => name === servingVariables.storageUri);
  const uri = (art === undefined ? variable?.value : art.storageUri) ?? '';
  return uri === '' ? {} : { [internalAnnotations.storageSourceUri]: uri };
}
