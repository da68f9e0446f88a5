import * as z from 'zod';
import { intOrString } from '../schema/int-or-string';

/** How a Deployment replaces its pods (apps/v1 DeploymentStrategy). */
export const deploymentStrategy = z.strictObject({
  type: z.string().describe('RollingUpdate or Recreate.').exactOptional(),
  rollingUpdate: z
    .strictObject({
      maxSurge: intOrString().describe('Pods above the replicas while rolling: number or percentage.').exactOptional(),
      maxUnavailable: intOrString()
        .describe('Pods below the replicas while rolling: number or percentage.')
        .exactOptional(),
    })
    .describe('Pace of a rolling update.')
    .exactOptional(),
});
