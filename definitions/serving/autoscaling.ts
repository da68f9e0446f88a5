import * as z from 'zod';
import { quantity } from '../kubernetes/quantity';
import { scalingBehavior } from '../kubernetes/scaling-behavior';
import { atomicList } from '../schema/list';

/** Ways to compare a metric with its target. */
export const metricTypes = z.enum(['Utilization', 'Value', 'AverageValue']);

const metricTarget = z.strictObject({
  type: metricTypes.describe('Which of the members below is the target.').exactOptional(),
  value: quantity.describe('Target of the metric as a whole.').exactOptional(),
  averageValue: quantity.describe('Target of the metric divided by the replicas.').exactOptional(),
  averageUtilization: z
    .int32()
    .min(0)
    .describe('Target in percent of the requested resource, averaged over the replicas.')
    .exactOptional(),
});

const resourceMetric = z.strictObject({
  name: z.enum(['cpu', 'memory']).describe('Resource.'),
  target: metricTarget.describe('Usage to keep.'),
});

const externalMetric = z.strictObject({
  metric: z
    .strictObject({
      backend: z.enum(['prometheus', 'graphite']).describe('Kind of the server.').exactOptional(),
      serverAddress: z.string().describe('URL of the server.').exactOptional(),
      query: z.string().describe('Query that yields the metric.').exactOptional(),
      namespace: z.string().describe('Namespace to query in servers with several tenants.').exactOptional(),
    })
    .describe('Where the metric comes from.')
    .exactOptional(),
  authenticationRef: z
    .strictObject({
      authenticationRef: z
        .strictObject({ name: z.string().describe('Name of the TriggerAuthentication.').exactOptional() })
        .describe('KEDA TriggerAuthentication with the credentials.')
        .exactOptional(),
      authModes: z.string().describe('Ways to authenticate, separated by commas, for example bearer.').exactOptional(),
    })
    .describe('Credentials for the server.')
    .exactOptional(),
  target: metricTarget.describe('Value to keep.').exactOptional(),
});

const podMetric = z.strictObject({
  metric: z
    .strictObject({
      backend: z.enum(['opentelemetry']).describe('Kind of the collector.').exactOptional(),
      serverAddress: z.string().describe('Address of the scaler that receives the metrics.').exactOptional(),
      metricNames: atomicList(z.string()).describe('Metrics of the pod to collect.').exactOptional(),
      query: z.string().describe('Query over the collected metrics.').exactOptional(),
      operationOverTime: z.string().describe('How samples are joined, for example last_one or avg.').exactOptional(),
    })
    .describe('Which metrics of the pods count.')
    .exactOptional(),
  target: metricTarget.describe('Value to keep.').exactOptional(),
});

const scalingMetric = z.strictObject({
  type: z.enum(['Resource', 'External', 'PodMetric']).describe('Which of the members below is meant.'),
  resource: resourceMetric.describe('cpu or memory of the pods.').exactOptional(),
  external: externalMetric.describe('Metric of a monitoring server (KEDA).').exactOptional(),
  podmetric: podMetric.describe('Metric of the pods themselves, by OpenTelemetry (KEDA).').exactOptional(),
});

/** Autoscaling by several metrics, Standard mode only. */
export const autoScaling = z.strictObject({
  metrics: atomicList(scalingMetric).describe('Metrics; the one that wants most replicas wins.').exactOptional(),
  behavior: scalingBehavior.describe('How fast replicas are added and removed.').exactOptional(),
});
