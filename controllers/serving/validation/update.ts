import { isDeepStrictEqual } from 'node:util';
import { formerDeploymentModes, servingAnnotations } from '../../../definitions/names/serving';
import { type InferenceService, inferenceServiceSpec } from '../../../definitions/serving/inference-service';
import { refusedFrameworks } from './frameworks';
import { type Predictor, predictorStorageUri } from './implementations';
import { hasShape } from './shape';
import type { Refusal } from './verdict';

/** Rules of what a change may not change. */
export function refusedUpdate(object: InferenceService, old: InferenceService): Refusal {
  return refusedModeChange(object, old) ?? refusedRename(object, old);
}

function refusedModeChange({ metadata }: InferenceService, { status }: InferenceService): Refusal {
  const wanted = metadata.annotations?.[servingAnnotations.deploymentMode];
  const written = status?.deploymentMode ?? '';
  if (written === '' || wanted === undefined) return undefined;
  const current = (Object.hasOwn(formerDeploymentModes, written) && formerDeploymentModes[written]) || written;
  if (wanted === current) return undefined;
  return `update rejected: deploymentMode cannot be changed from '${current}' to '${wanted}'`;
}

/** Children carry the name of the predictor: a rename moves all traffic to new pods, as a promotion does. */
function refusedRename({ spec: { predictor } }: InferenceService, { spec: before }: InferenceService): Refusal {
  // What is stored may be from before the rules of today.
  if ((predictor.name ?? '') === (before?.predictor?.name ?? '')) return undefined;
  if (!hasShape(inferenceServiceSpec, before) || refusedFrameworks(before.predictor, '') !== undefined)
    return undefined;
  return isDeepStrictEqual(source(predictor), source(before.predictor))
    ? 'predictor.name change requires a model change (e.g. storageUri)'
    : undefined;
}

function source(predictor: Predictor): readonly unknown[] {
  return [predictorStorageUri(predictor) ?? '', predictor.storageUris];
}
