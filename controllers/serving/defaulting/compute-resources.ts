import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import type { Container } from '../validation/environment';

type Defaults = InferenceServiceConfig['inferenceService']['resource'];

/**
 * A container with the platform's requests and limits where it has none of its own. What the user wrote stays, and is not
 * compared with what is added.
 *
 * @param defaults an empty text stands for no default
 */
export function withComputeResources<C extends Pick<Container, 'resources'>>(container: C, defaults: Defaults): C {
  const { resources } = container;
  return {
    ...container,
    resources: {
      ...resources,
      requests: { ...given({ cpu: defaults.cpuRequest, memory: defaults.memoryRequest }), ...resources?.requests },
      limits: { ...given({ cpu: defaults.cpuLimit, memory: defaults.memoryLimit }), ...resources?.limits },
    },
  };
}

function given(quantities: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(quantities).filter(([, quantity]) => quantity !== ''));
}
