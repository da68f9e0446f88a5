import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import { containerNames } from '../../../definitions/names/serving';
import { coreContainer, corePodSpec } from '../component-pod';
import { GoTemplateError, type TemplateData } from '../go-template';
import { PredictorFailure } from '../predictor-failure';
import type { Predictor } from '../predictor/implementation';
import type { FoundRuntime, Model } from './choose-runtime';
import { imageWithTag } from './image-tag';
import { mergeContainer } from './merge-container';
import { mergePodSpec } from './merge-pod-spec';
import { withoutPlaceholders } from './placeholders';

/**
 * The pod of a model: its runtime's with the predictor's laid over it. Containers in this order: the model server, the
 * transformer, others of the runtime, others of the predictor.
 *
 * @param model with what the runtime's server has to be told
 * @param data what placeholders of the runtime stand for
 * @throws PredictorFailure when the runtime has no model server or its placeholders can't be filled
 */
export function consolidatedPod(
  predictor: Predictor,
  model: Model,
  runtime: FoundRuntime,
  data: TemplateData,
): V1PodSpec {
  const base = corePodSpec(runtime.spec);
  const overlay = corePodSpec(predictor);
  const invalid = (message: string, cause = '') =>
    new PredictorFailure('InvalidPredictorSpec', message, `${message}${cause}`, {
      kind: runtime.kind,
      name: runtime.name,
    });
  const filled = (container: V1Container): V1Container => {
    try {
      return withoutPlaceholders(container, data);
    } catch (error) {
      if (error instanceof GoTemplateError) {
        const where = `serving runtime ${runtime.name} Container ${container.name}`;
        throw invalid(`failed to replace placeholders in ${where}`, `: ${error.message}`);
      }
      throw error;
    }
  };
  if (base.containers.length === 0) {
    throw invalid('no container configuration found in selected serving runtime');
  }
  const runtimeMain = base.containers.find(({ name }) => name === containerNames.main);
  if (runtimeMain === undefined) {
    throw invalid(`failed to find ${containerNames.main} in ServingRuntime containers`);
  }
  const main = filled(mergeContainer(runtimeMain, coreContainer(model.name ?? '', model)));
  const transformer = mergedTransformer(base.containers, overlay.containers);
  const others = [...base.containers.filter((each) => each !== runtimeMain), ...overlay.containers];
  const { hostIPC, ...placement } = base;
  return mergePodSpec(
    // An explicit false is what the API server leaves out.
    { ...placement, ...(hostIPC === true && { hostIPC }) },
    {
      ...overlay,
      containers: [
        withImageFor(main, model, runtime),
        ...(transformer === undefined ? [] : [filled(transformer)]),
        ...others.filter(({ name }) => name !== containerNames.transformer),
      ],
    },
  );
}

function withImageFor(main: V1Container, { runtimeVersion }: Model, runtime: FoundRuntime): V1Container {
  return main.image === undefined
    ? main
    : { ...main, image: imageWithTag(main.image, runtimeVersion, runtime, main.resources) };
}

function mergedTransformer(
  ofRuntime: readonly V1Container[],
  ofPredictor: readonly V1Container[],
): V1Container | undefined {
  const isTransformer = ({ name }: V1Container) => name === containerNames.transformer;
  const base = ofRuntime.find(isTransformer);
  const overlay = ofPredictor.find(isTransformer);
  return base === undefined || overlay === undefined ? (overlay ?? base) : mergeContainer(base, overlay);
}
