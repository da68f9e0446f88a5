import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import { containerNames } from '../../../definitions/names/serving';
import {
  explainerImplementations,
  predictorImplementations,
  transformerImplementations,
} from '../validation/implementations';
import type { Explainer, Implementation, Predictor, Transformer } from '../validation/implementations';
import type { Container } from '../validation/environment';
import { withComputeResources } from './compute-resources';

/** Sections of the configuration that containers get defaults from. */
export type ContainerDefaults = Pick<InferenceServiceConfig, 'inferenceService' | 'explainers'>;

/**
 * A predictor whose own container has a name and compute resources. A predictor with a model is left alone: its
 * container is the runtime's.
 */
export function withPredictorContainer(predictor: Predictor, defaults: ContainerDefaults): Predictor {
  const [first, ...more] = predictor.containers ?? [];
  if (first === undefined || onlyOf(predictorImplementations(predictor)) !== 'custom') return predictor;
  const unnamed = more.length === 0 || first.name === '';
  return { ...predictor, containers: [completed(unnamed ? named(first) : first, defaults), ...more] };
}

/** A transformer whose first container is kserve-container, with compute resources. */
export function withTransformerContainer(transformer: Transformer, defaults: ContainerDefaults): Transformer {
  const [first, ...more] = transformer.containers ?? [];
  if (first === undefined || onlyOf(transformerImplementations(transformer)) !== 'custom') return transformer;
  return { ...transformer, containers: [completed(named(first), defaults), ...more] };
}

/** An explainer whose container is kserve-container, with compute resources and, for ART, a version. */
export function withExplainerContainer(explainer: Explainer, defaults: ContainerDefaults): Explainer {
  const { art, containers: [first, ...more] = [] } = explainer;
  switch (onlyOf(explainerImplementations(explainer))) {
    case 'art': {
      const runtimeVersion = art?.runtimeVersion ?? defaults.explainers.art.defaultImageVersion;
      return { ...explainer, art: { ...completed(named({ ...art }), defaults), runtimeVersion } };
    }
    case 'custom':
      if (first === undefined) return explainer;
      return { ...explainer, containers: [completed(named(first), defaults), ...more] };
    default:
      return explainer;
  }
}

/** Kind of the implementation when there is exactly one. */
function onlyOf(implementations: readonly Implementation[]): Implementation['kind'] | undefined {
  return implementations.length === 1 ? implementations[0]?.kind : undefined;
}

function named<C extends Partial<Container>>(container: C): C & { name: string } {
  return { ...container, name: containerNames.main };
}

function completed<C extends Pick<Container, 'resources'>>(container: C, defaults: ContainerDefaults): C {
  return withComputeResources(container, defaults.inferenceService.resource);
}
