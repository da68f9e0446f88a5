import {
  disallowedAnnotations,
  servingLabels,
  stopAnnotation,
  type ComponentName,
} from '../../definitions/names/serving';
import { registryKeys } from '../../definitions/names/model-registry';
import type { InferenceServiceConfig } from '../../definitions/config/inference-service-config';
import type { InferenceService } from '../../definitions/serving/inference-service';

type Texts = Readonly<Record<string, string>>;

/** Name of the predictor's children; a name of the predictor sets those of canaries apart. */
export function predictorName({ metadata, spec }: InferenceService, predictor = spec.predictor): string {
  const own = predictor.name ?? '';
  return own === '' ? `${metadata.name}-predictor` : `${metadata.name}-${own}-predictor`;
}

/** Name of the children of transformer or explainer. */
export function companionName({ metadata }: InferenceService, component: 'transformer' | 'explainer'): string {
  return `${metadata.name}-${component}`;
}

/** Host by which transformer and explainer reach the predictor. */
export function predictorHost(inferenceService: InferenceService): string {
  return `${predictorName(inferenceService)}.${inferenceService.metadata.namespace ?? ''}`;
}

/** Annotations without those that never leave the object they stand on. */
export function filteredAnnotations(
  annotations: Texts | undefined,
  {
    serviceAnnotationDisallowedList,
  }: Pick<InferenceServiceConfig['inferenceService'], 'serviceAnnotationDisallowedList'>,
): Record<string, string> {
  const disallowed = new Set([...disallowedAnnotations, registryKeys.record, ...serviceAnnotationDisallowedList]);
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !disallowed.has(key)));
}

/**
 * Labels of a component's children: later ones win, those that tell whose they are win always. The id that registry sync writes when it
 * has made a record is none of them, nor is its bookkeeping annotation: pods that serve already would be replaced for it.
 */
export function componentLabels(
  inferenceService: string,
  component: ComponentName,
  ...labels: readonly (Texts | undefined)[]
): Record<string, string> {
  const fixed = { [servingLabels.inferenceService]: inferenceService, [servingLabels.component]: component };
  const { [registryKeys.inferenceServiceId]: _record, ...own } = merged([...labels, fixed]);
  return own;
}

/**
 * Annotations of a component's children: later ones win. `stop` is none of them: its value would roll the pods when
 * somebody writes `false` instead of leaving it out.
 */
export function componentAnnotations(...annotations: readonly (Texts | undefined)[]): Record<string, string> {
  const { [stopAnnotation]: _stop, ...rest } = merged(annotations);
  return rest;
}

function merged(maps: readonly (Texts | undefined)[]): Record<string, string> {
  return Object.fromEntries(maps.flatMap((map) => Object.entries(map ?? {})));
}
