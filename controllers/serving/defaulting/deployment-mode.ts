import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import { formerDeploymentModes, servingAnnotations } from '../../../definitions/names/serving';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { withAnnotations } from './annotations';

/**
 * The service with its deployment mode by the name of today. A service without the annotation gets the platform's mode,
 * but not Knative: upstream leaves that one unsaid.
 *
 * @param deploy absent when the platform says no mode
 */
export function withDeploymentMode(
  service: InferenceService,
  deploy: InferenceServiceConfig['deploy'] | undefined,
): InferenceService {
  const written = service.metadata.annotations?.[servingAnnotations.deploymentMode];
  if (written === undefined) {
    const mode = deploy?.defaultDeploymentMode;
    if (mode === undefined || mode === 'Knative') return service;
    return withAnnotations(service, { [servingAnnotations.deploymentMode]: mode });
  }
  const mode = Object.hasOwn(formerDeploymentModes, written) ? formerDeploymentModes[written] : undefined;
  if (mode === undefined) return service;
  return withAnnotations(service, { [servingAnnotations.deploymentMode]: mode });
}
