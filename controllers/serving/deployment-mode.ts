import { deploymentModes, formerDeploymentModes, servingAnnotations } from '../../definitions/names/serving';
import type { InferenceService } from '../../definitions/serving/inference-service';

/**
 * How an InferenceService is deployed: what its status says, else its annotation as far as that is known, else the
 * default. The status may hold a mode that nobody knows; empty means that nothing says how.
 *
 * @param annotations of the InferenceService, filtered
 * @param defaultMode `deploy.defaultDeploymentMode` of the settings
 */
export function resolveDeploymentMode(
  inferenceService: Pick<InferenceService, 'status'>,
  annotations: Readonly<Record<string, string>>,
  defaultMode: string | undefined,
): string {
  const settled = currentName(inferenceService.status?.deploymentMode ?? '');
  if (settled !== '') {
    return settled;
  }
  const wanted = currentName(annotations[servingAnnotations.deploymentMode] ?? '');
  return deploymentModes.find((mode) => mode === wanted) ?? currentName(defaultMode ?? '');
}

function currentName(mode: string): string {
  return Object.hasOwn(formerDeploymentModes, mode) ? (formerDeploymentModes[mode] ?? mode) : mode;
}
