import * as z from 'zod';
import { atomicList } from '../schema/list';
import { quantity } from './quantity';

const scalingPolicy = z.strictObject({
  type: z.string().describe('Unit of value: Pods or Percent.'),
  value: z.int32().min(1).describe('Largest change within the period.'),
  periodSeconds: z.int().min(1).max(1800).describe('Length of the period in seconds.'),
});

const scalingRules = z.strictObject({
  stabilizationWindowSeconds: z
    .int()
    .min(0)
    .max(3600)
    .describe('Seconds of past recommendations that are looked at, against flapping.')
    .exactOptional(),
  selectPolicy: z.string().describe('Which policy counts: Max, Min or Disabled.').exactOptional(),
  policies: atomicList(scalingPolicy).describe('Limits of the pace.').exactOptional(),
  tolerance: quantity.describe('Deviation from the target that causes no scaling.').exactOptional(),
});

/** How fast a HorizontalPodAutoscaler scales (autoscaling/v2 HorizontalPodAutoscalerBehavior). */
export const scalingBehavior = z.strictObject({
  scaleUp: scalingRules.describe('Pace of adding replicas.').exactOptional(),
  scaleDown: scalingRules.describe('Pace of removing replicas.').exactOptional(),
});
