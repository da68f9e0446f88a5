import type { ComponentExtension } from '../component-plan';
import { compareQuantities } from './quantity';
import { type Refusal, firstRefusal } from './verdict';

type ScalingMetric = NonNullable<NonNullable<ComponentExtension['autoScaling']>['metrics']>[number];
type MetricTarget = NonNullable<ScalingMetric['resource']>['target'];

/** Rules of a component that KEDA scales. */
export function refusedKedaScaling({ scaleMetric, autoScaling }: ComponentExtension): Refusal {
  if (scaleMetric !== undefined) return 'ScaleMetric is not supported for KEDA';
  return firstRefusal(autoScaling?.metrics ?? [], refusedMetric);
}

function refusedMetric({ type, resource, external, podmetric }: ScalingMetric): Refusal {
  switch (type) {
    case 'Resource':
      return resource === undefined
        ? 'metricSpec.Resource is not set for resource metric source type'
        : (refusedResource(resource) ?? refusedTarget(resource.target));
    case 'External':
      return external === undefined
        ? 'metricSpec.External is not set for external metric source type'
        : refusedQuery(external);
    case 'PodMetric':
      return podmetric === undefined
        ? 'metricSpec.PodMetric is not set for pod metric source type'
        : refusedQuery(podmetric);
    default:
      return `unknown KEDA metric type with value [${String(type)}].` + 'Valid types are Resource,External,PodMetric';
  }
}

function refusedResource({ name, target }: NonNullable<ScalingMetric['resource']>): Refusal {
  switch (name) {
    case 'cpu':
      return target.type === 'Utilization' ? undefined : 'the cpu target value type should be Utilization';
    case 'memory':
      return refusedMemory(target);
    default:
      return `resource type ${String(name)} is not supported`;
  }
}

function refusedMemory({ type, averageValue }: MetricTarget): Refusal {
  if (type !== 'AverageValue' && type !== 'Utilization') {
    return 'the memory target value type should be AverageValue or Utilization';
  }
  const bytes = type === 'AverageValue' && averageValue !== undefined ? compareQuantities(averageValue, '1Mi') : 0;
  return bytes !== undefined && bytes < 0 ? 'the memory target value should be greater than 1 MiB' : undefined;
}

function refusedQuery(source: {
  readonly metric?: { readonly query?: string };
  readonly target?: MetricTarget;
}): Refusal {
  if ((source.metric?.query ?? '') === '') return 'the query should not be empty';
  if (source.target?.value === undefined) return 'the target threshold value should not be empty';
  return refusedTarget(source.target);
}

function refusedTarget({ type, value, averageValue, averageUtilization }: MetricTarget): Refusal {
  switch (type) {
    case 'Utilization':
      if (averageUtilization === undefined) return 'the AverageUtilization type should be set';
      return averageUtilization < 1 || averageUtilization > 100
        ? 'the target utilization percentage should be a [1-100] integer'
        : undefined;
    case 'AverageValue':
      return averageValue === undefined ? 'the AverageValue type should be set' : undefined;
    case 'Value':
      return value === undefined ? 'the Value type should be set' : undefined;
    default:
      return undefined;
  }
}
