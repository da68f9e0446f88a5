import type { V2HorizontalPodAutoscaler, V2MetricSpec, V2MetricTarget } from '@kubernetes/client-node';
import type { Stored } from '../../../definitions/kubernetes/core-resources';
import { autoscalerClasses, servingAnnotations } from '../../../definitions/names/serving';
import type { ChildOwner } from '../../runtime/child-ownership';
import type { ObjectToSend } from '../../runtime/client';
import type { ComponentExtension, ComponentPlan } from '../component-plan';
import { childMeta } from './child-meta';

/** What scales a component. */
export type Autoscaling =
  /** A HorizontalPodAutoscaler of ours. */
  | {
      readonly kind: 'hpa';
      readonly hpa: ObjectToSend<Stored<V2HorizontalPodAutoscaler>>;
      /** The user asked for a metric that an HPA does not have: a note for the event ScaleMetricUnsupported. */
      readonly unsupportedMetric?: string;
    }
  /** Nothing, or something that the user runs: an HPA of ours goes. */
  | { readonly kind: 'none' }
  /** Something that we do not run; an HPA of ours goes. */
  | {
      readonly kind: 'unsupported';
      readonly autoscalerClass: string;
      /** A sentence for the user. */
      readonly note: string;
    };

/** Percent of the requested cpu to use when nobody says more. */
const cpuUtilization = 80;

/** What is to scale a component, by its annotation `autoscalerClass`. */
export function desiredAutoscaling(plan: ComponentPlan, owner: ChildOwner): Autoscaling {
  const autoscalerClass = plan.annotations[servingAnnotations.autoscalerClass] ?? 'hpa';
  switch (autoscalerClass) {
    case 'hpa':
      return { kind: 'hpa', hpa: desiredHpa(plan, owner), ...unsupportedMetric(plan.extension) };
    case 'none':
    case 'external':
      return { kind: 'none' };
    case 'keda':
      return unsupported(autoscalerClass, 'autoscaler class keda is not supported yet: use hpa, external or none');
    default:
      return unsupported(
        autoscalerClass,
        `unknown autoscaler class type: ${autoscalerClass}; known are ${autoscalerClasses.join(', ')}`,
      );
  }
}

function unsupported(autoscalerClass: string, note: string): Autoscaling {
  return { kind: 'unsupported', autoscalerClass, note };
}

function desiredHpa(plan: ComponentPlan, owner: ChildOwner): ObjectToSend<Stored<V2HorizontalPodAutoscaler>> {
  const { extension, name } = plan;
  const minReplicas = Math.max(1, extension.minReplicas ?? 1);
  const metrics = hpaMetrics(extension);
  return {
    metadata: childMeta(plan, owner),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas,
      maxReplicas: Math.max(extension.maxReplicas ?? 0, minReplicas),
      // Without any the API server takes cpu at 80 %.
      ...(metrics.length > 0 && { metrics }),
      behavior: hpaBehavior(extension.autoScaling?.behavior),
    },
  };
}

type ScalingBehavior = NonNullable<NonNullable<ComponentExtension['autoScaling']>['behavior']>;
type ScalingRules = ScalingBehavior['scaleUp'];
type HpaBehavior = NonNullable<NonNullable<V2HorizontalPodAutoscaler['spec']>['behavior']>;

function hpaBehavior({ scaleUp, scaleDown }: ScalingBehavior = {}): HpaBehavior {
  return {
    ...(scaleUp !== undefined && { scaleUp: hpaRules(scaleUp) }),
    ...(scaleDown !== undefined && { scaleDown: hpaRules(scaleDown) }),
  };
}

function hpaRules({ tolerance, policies, ...rules }: NonNullable<ScalingRules>): NonNullable<HpaBehavior['scaleUp']> {
  return {
    ...rules,
    ...(policies !== undefined && { policies: [...policies] }),
    ...(tolerance !== undefined && { tolerance: String(tolerance) }),
  };
}

function hpaMetrics({ autoScaling, scaleMetric, scaleTarget }: ComponentExtension): V2MetricSpec[] {
  if (autoScaling?.metrics !== undefined) return autoScaling.metrics.flatMap(resourceMetric);
  if (scaleMetric === 'memory') {
    return scaleTarget === undefined ? [] : [metricOf('memory', utilization(scaleTarget))];
  }
  // A target of requests is no percentage of cpu.
  const percent = scaleMetric === undefined || scaleMetric === 'cpu' ? scaleTarget : undefined;
  return [metricOf('cpu', utilization(percent ?? cpuUtilization))];
}

type ScalingMetric = NonNullable<NonNullable<ComponentExtension['autoScaling']>['metrics']>[number];

function resourceMetric({ resource }: ScalingMetric): V2MetricSpec[] {
  if (resource === undefined) return [];
  const { type, averageUtilization, averageValue } = resource.target;
  if (resource.name === 'cpu') return [metricOf('cpu', utilization(averageUtilization ?? cpuUtilization))];
  if (averageUtilization !== undefined && type !== 'AverageValue') {
    return [metricOf('memory', utilization(averageUtilization))];
  }
  return averageValue === undefined
    ? []
    : [metricOf('memory', { type: 'AverageValue', averageValue: String(averageValue) })];
}

function metricOf(name: string, target: V2MetricTarget): V2MetricSpec {
  return { type: 'Resource', resource: { name, target } };
}

function utilization(averageUtilization: number): V2MetricTarget {
  return { type: 'Utilization', averageUtilization };
}

function unsupportedMetric({ autoScaling, scaleMetric }: ComponentExtension): { readonly unsupportedMetric?: string } {
  const others = autoScaling?.metrics?.map(({ type }) => type).filter((type) => type !== 'Resource') ?? [];
  const asked =
    autoScaling?.metrics === undefined && (scaleMetric === 'concurrency' || scaleMetric === 'rps')
      ? [scaleMetric]
      : others;
  if (asked.length === 0) return {};
  return {
    unsupportedMetric:
      `scale metric ${asked.join(', ')} is not available to a HorizontalPodAutoscaler, which scales by cpu and memory only: ` +
      'use KEDA (autoscaler class keda) or the deployment mode Knative',
  };
}
