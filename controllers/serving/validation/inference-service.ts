import { type AutoscalerClass, autoscalerClasses } from '../../../definitions/names/serving';
import { containerNames, servingAnnotations } from '../../../definitions/names/serving';
import { frameworks } from '../../../definitions/names/serving';
import { type InferenceService, inferenceServiceSpec } from '../../../definitions/serving/inference-service';
import type { ComponentExtension } from '../component-plan';
import { advice } from './advice';
import { refusedAutoscaling } from './autoscaling';
import { readableCanaries, refusedCanaries } from './canary';
import { confidentialVerdict } from './confidential';
import { environmentNames, variableNamed } from './environment';
import { refusedExtension } from './extension';
import { refusedFrameworks } from './frameworks';
import type { MultiNodeSettings } from './gpu-resources';
import { type ComponentType, refusedImplementations } from './implementation';
import {
  type Implementation,
  type Predictor,
  explainerImplementations,
  predictorImplementations,
  transformerImplementations,
} from './implementations';
import { refusedMultiNode } from './multi-node';
import { refusedPythonPath } from './python-path';
import { refusedName } from './service-name';
import { shapeProblem } from './shape';
import { refusedStorageUris } from './storage-uris';
import { refusedUpdate } from './update';
import { type Refusal, type Verdict, verdict } from './verdict';

/** A write of an InferenceService that waits for admission. */
export interface InferenceServiceReview {
  readonly object: InferenceService;
  /** The stored object, of an update. */
  readonly old?: InferenceService | undefined;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
}

/**
 * Accepts or refuses an InferenceService that has been through defaulting, with upstream's rules, order and texts. The
 * first broken rule is told. An object that is being deleted is never held back, else its finalizer could not go.
 */
export function validateInferenceService(review: InferenceServiceReview, settings: MultiNodeSettings): Verdict {
  const { object, old, operation } = review;
  if (operation === 'DELETE' || operation === 'CONNECT') return verdict(undefined);
  if (operation === 'UPDATE' && object.metadata.deletionTimestamp !== undefined) return verdict(undefined);
  const { name } = object.metadata;
  const unreadable = refusedForm(object);
  if (unreadable !== undefined) return verdict(`the InferenceService "${name}" is invalid: ${unreadable}`);
  const change = operation === 'UPDATE' && old !== undefined ? refusedUpdate(object, old) : undefined;
  const early = change ?? refusedBeforeConfidential(object, settings);
  if (early !== undefined) return verdict(early);
  const { refusal, warnings } = confidentialVerdict(object.spec.predictor);
  const late = refusal ?? refusedComponents(object) ?? refusedCanaries(object);
  return verdict(late, [...warnings, ...(late === undefined ? advice(object) : [])]);
}

/** What the schema says is read as it stands from here on; nobody but us looks into framework blocks. */
function refusedForm({ spec }: InferenceService): Refusal {
  const problem = shapeProblem(inferenceServiceSpec, spec, 'spec');
  return problem ?? refusedFrameworks(spec.predictor, 'spec.predictor');
}

function refusedBeforeConfidential(object: InferenceService, settings: MultiNodeSettings): Refusal {
  const { metadata, spec } = object;
  const canaries = readableCanaries(spec).map(({ predictor }) => predictor);
  return (
    refusedName('the', 'InferenceService', metadata.name ?? '') ??
    refusedAutoscalerClass(metadata.annotations?.[servingAnnotations.autoscalerClass]) ??
    refusedPythonPath(metadata.name, spec, canaries) ??
    refusedMultiNode(object, settings) ??
    refusedTransformerContainer(spec.predictor) ??
    refusedContainerName(spec.predictor) ??
    refusedStorageUris(spec)
  );
}

function refusedAutoscalerClass(written: string | undefined): Refusal {
  const known: readonly string[] = autoscalerClasses satisfies readonly AutoscalerClass[];
  return written === undefined || known.includes(written)
    ? undefined
    : `[${written}] is not a supported autoscaler class type`;
}

function refusedTransformerContainer({ containers = [] }: Predictor): Refusal {
  const loads = containers.some(
    (container) =>
      container.name === containerNames.transformer &&
      variableNamed(container, environmentNames.storageUri) !== undefined,
  );
  return loads ? 'storage uri should not be specified in transformer container' : undefined;
}

function refusedContainerName(predictor: Predictor): Refusal {
  const named = [...frameworks, 'model' as const].some((kind) => (predictor[kind]?.name ?? '') !== '');
  return named ? "the 'name' field is not allowed in standard predictor" : undefined;
}

function refusedComponents({ metadata, spec }: InferenceService): Refusal {
  const { predictor, transformer, explainer } = spec;
  const refused = (type: ComponentType, implementations: readonly Implementation[], extension: ComponentExtension) =>
    refusedImplementations(type, implementations) ??
    refusedExtension(extension) ??
    refusedAutoscaling(metadata.annotations ?? {}, extension);
  return (
    refused('PredictorSpec', predictorImplementations(predictor), predictor) ??
    (transformer && refused('TransformerSpec', transformerImplementations(transformer), transformer)) ??
    (explainer && refused('ExplainerSpec', explainerImplementations(explainer), explainer))
  );
}
