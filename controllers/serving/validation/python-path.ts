import type { Container } from './environment';
import { environmentNames, variableNamed } from './environment';
import type { InferenceServiceSpec, Predictor } from './implementations';
import { frameworks } from '../../../definitions/names/serving';
import { type Refusal, firstRefusal } from './verdict';

/** A container, or the block of a predictor or explainer that becomes one. */
type ContainerLike = Pick<Container, 'env'> & { readonly name?: string };

interface PodContainers {
  readonly containers?: readonly ContainerLike[];
  readonly initContainers?: readonly ContainerLike[];
}

/**
 * Refuses PYTHONPATH: it would let the model's directory replace modules of the server. Canaries run the same servers,
 * so they are looked at too, which upstream does not.
 */
export function refusedPythonPath(
  name: string,
  { predictor, transformer, explainer }: InferenceServiceSpec,
  canaries: readonly Predictor[],
): Refusal {
  return pythonPathIn(`InferenceService "${name}"`, [
    ...predictorContainers(predictor),
    ...podContainers(transformer),
    ...podContainers(explainer),
    ...(explainer?.art === undefined ? [] : [explainer.art]),
    ...canaries.flatMap(predictorContainers),
  ]);
}

/**
 * Refuses PYTHONPATH in any of the containers.
 *
 * @param object kind and quoted name, for the message
 */
export function pythonPathIn(object: string, containers: readonly ContainerLike[]): Refusal {
  return firstRefusal(containers, (container) => {
    if (variableNamed(container, environmentNames.pythonPath) === undefined) return undefined;
    const where = `container "${container.name ?? ''}"`;
    return `the ${object} is invalid: setting PYTHONPATH in ${where} is not allowed for security reasons`;
  });
}

function predictorContainers(predictor: Predictor): readonly ContainerLike[] {
  const blocks = [...frameworks, 'model' as const].map((kind) => predictor[kind]);
  return [
    ...podContainers(predictor),
    ...blocks.filter((block) => block !== undefined),
    ...podContainers(predictor.workerSpec),
  ];
}

function podContainers(pod: PodContainers | undefined): readonly ContainerLike[] {
  return [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])];
}
