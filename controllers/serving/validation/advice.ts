import { type ComponentName, componentNames, servingAnnotations } from '../../../definitions/names/serving';
import { servingEvents } from '../../../definitions/names/serving-conditions';
import type { InferenceService } from '../../../definitions/serving/inference-service';

/** Warnings about what is valid and has no effect. */
export function advice({ metadata, spec }: InferenceService): readonly string[] {
  const standard = metadata.annotations?.[servingAnnotations.deploymentMode] === 'Standard';
  const autoscaler = metadata.annotations?.[servingAnnotations.autoscalerClass];
  return [
    ...canaryShare(spec),
    ...(standard ? knativeShare(spec) : []),
    ...(standard && (autoscaler === undefined || autoscaler === 'hpa') ? scaleMetrics(spec) : []),
  ];
}

function canaryShare({ canary, canaryTrafficPercent }: InferenceService['spec']): readonly string[] {
  if (canaryTrafficPercent === undefined) return [];
  const canaries = countOf(canary);
  if (canaries === 1) return [];
  return [
    canaries === 0
      ? 'spec.canaryTrafficPercent has no effect without spec.canary'
      : `spec.canaryTrafficPercent has no effect with ${canaries} canaries; set trafficPercent of each`,
  ];
}

function knativeShare({ canary, predictor }: InferenceService['spec']): readonly string[] {
  if (predictor.canaryTrafficPercent === undefined || countOf(canary) > 0) return [];
  return ['spec.predictor.canaryTrafficPercent has no effect in Standard mode without spec.canary'];
}

function scaleMetrics(spec: InferenceService['spec']): readonly string[] {
  return componentNames.flatMap((component) => scaleMetric(spec, component));
}

function scaleMetric(spec: InferenceService['spec'], component: ComponentName): readonly string[] {
  const { scaleMetric: metric, autoScaling } = spec[component] ?? {};
  // autoScaling replaces scaleMetric.
  if (autoScaling !== undefined || (metric !== 'concurrency' && metric !== 'rps')) return [];
  return [
    `${servingEvents.scaleMetricUnsupported}: spec.${component}.scaleMetric ${metric} is unknown to an HPA, which scales ` +
      'on cpu instead; use KEDA (autoscalerClass keda) or Knative mode',
  ];
}

function countOf(canary: unknown): number {
  return Array.isArray(canary) ? canary.length : 0;
}
