import * as z from 'zod';
import { deploymentStrategy } from '../kubernetes/deployment-strategy';
import { stringMap } from '../kubernetes/string-map';
import type { ValidationRule } from '../schema/structural-schema';
import { autoScaling, metricTypes } from './autoscaling';
import { batcher } from './batcher';
import { logger } from './logger';

/** A share of the traffic in percent. */
export const trafficPercent = z.int().min(0).max(100);

/** Members that predictor, transformer and explainer have in common: scaling, traffic, logging, batching. */
export const componentExtensionShape = {
  minReplicas: z
    .int32()
    .min(0)
    .describe('Least replicas; 0 scales to zero in Knative mode. Defaults to 1.')
    .exactOptional(),
  maxReplicas: z
    .int32()
    .min(0)
    .describe('Most replicas; 0 or absent means minReplicas (Standard) or no limit.')
    .exactOptional(),
  scaleTarget: z
    .int32()
    .min(0)
    .describe('Target of scaleMetric: percent of cpu, Mi of memory, concurrent requests, or requests a second.')
    .exactOptional(),
  scaleMetric: z
    .enum(['cpu', 'memory', 'concurrency', 'rps'])
    .describe('What to scale by: cpu or memory by HPA, concurrency or rps by Knative.')
    .exactOptional(),
  scaleMetricType: metricTypes.describe('How scaleTarget is compared with the metric.').exactOptional(),
  autoScaling: autoScaling
    .describe('Scaling by several metrics instead of scaleMetric (Standard mode).')
    .exactOptional(),
  containerConcurrency: z
    .int()
    .min(0)
    .describe('Most requests at once in a replica (Knative); also --workers of custom transformers and explainers.')
    .exactOptional(),
  timeout: z.int().min(0).describe('Seconds until a request is given up.').exactOptional(),
  canaryTrafficPercent: trafficPercent
    .describe('Share of the newest revision; the last rolled-out one gets the rest (Knative mode).')
    .exactOptional(),
  logger: logger.describe('Logging of requests and responses.').exactOptional(),
  batcher: batcher.describe('Batching of requests.').exactOptional(),
  labels: stringMap.describe('Labels of the component’s objects and pods.').exactOptional(),
  annotations: stringMap.describe('Annotations of the component’s objects and pods.').exactOptional(),
  deploymentStrategy: deploymentStrategy.describe('How pods are replaced (Standard mode).').exactOptional(),
} as const;

/** Both bounds of the replicas agree; an absent minimum counts as 1, a maximum of 0 as absent. */
export const replicaBounds: ValidationRule = {
  rule: '!has(self.maxReplicas) || self.maxReplicas == 0 || (has(self.minReplicas) ? self.minReplicas : 1) <= self.maxReplicas',
  message: 'minReplicas (1 if absent) may not be greater than maxReplicas',
  fieldPath: '.minReplicas',
};
