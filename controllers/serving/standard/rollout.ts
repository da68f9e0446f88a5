import type { V1DeploymentStrategy } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import type { ComponentExtension } from '../component-plan';

/** What the API server means by nothing said. */
const quarter = '25%';

/**
 * How a component's pods are replaced: as the user says, else as the configuration says where Standard is the default mode, else by
 * quarters.
 *
 * The pace is always written out: what we own is removed when the type becomes Recreate, which the API server refuses beside a pace.
 */
export function rolloutStrategy(
  asked: ComponentExtension['deploymentStrategy'],
  deploy: InferenceServiceConfig['deploy'],
): V1DeploymentStrategy {
  if (asked?.type !== undefined && asked.type !== 'RollingUpdate') return asked;
  if (asked !== undefined) return rolling(asked.rollingUpdate);
  const configured =
    deploy.defaultDeploymentMode === 'Standard' ? deploy.deploymentRolloutStrategy?.defaultRollout : {};
  return rolling({
    maxSurge: countOrPercentage(configured?.maxSurge),
    maxUnavailable: countOrPercentage(configured?.maxUnavailable),
  });
}

interface Pace {
  readonly maxSurge?: number | string | undefined;
  readonly maxUnavailable?: number | string | undefined;
}

function rolling({ maxSurge = quarter, maxUnavailable = quarter }: Pace = {}): V1DeploymentStrategy {
  return { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
}

/** The configuration has strings only, and the API server takes a count only as a number. */
function countOrPercentage(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}
