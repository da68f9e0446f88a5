import { servingAnnotations } from '../../../definitions/names/serving';
import type { ComponentExtension } from '../component-plan';
import { refusedKedaScaling } from './keda';
import { type Refusal, firstRefusal } from './verdict';

/** Value of Knative's annotation that has an HPA scale a revision. */
const knativeHpa = 'hpa.autoscaling.knative.dev';

const percent = 'the target utilization percentage should be a [1-100] integer';

type Annotations = Readonly<Record<string, string>>;

/**
 * Rules of a component's autoscaling, by the autoscaler that its service gets. A service of Standard mode that names no
 * class is not looked at, as upstream does.
 *
 * @param annotations of the InferenceService
 */
export function refusedAutoscaling(annotations: Annotations, extension: ComponentExtension): Refusal {
  if (annotations[servingAnnotations.deploymentMode] !== 'Standard') {
    const hpa = annotations[servingAnnotations.knativeAutoscalerClass] === knativeHpa;
    return hpa ? refusedHpaScaling(extension) : refusedKnativeScaling(extension);
  }
  switch (annotations[servingAnnotations.autoscalerClass]) {
    case 'hpa':
      return refusedHpaScaling(extension);
    case 'keda':
      return refusedKedaScaling(extension);
    default:
      return undefined;
  }
}

function refusedHpaScaling({ scaleMetric = 'cpu', scaleTarget, autoScaling }: ComponentExtension): Refusal {
  if (scaleMetric !== 'cpu' && scaleMetric !== 'memory') return `[${scaleMetric}] is not a supported metric`;
  if (scaleTarget !== undefined) {
    // Mebibytes of memory have no upper bound.
    if (scaleMetric === 'cpu' && (scaleTarget < 1 || scaleTarget > 100)) return percent;
    if (scaleMetric === 'memory' && scaleTarget < 1) return 'the target memory should be greater than 1 MiB';
  }
  return firstRefusal(autoScaling?.metrics ?? [], ({ type, resource }) => {
    if (type !== 'Resource') {
      return `invalid HPA metric source type with value [${type}],valid metric source types are Resource`;
    }
    return resource === undefined ? 'metricSpec.Resource is not set for resource metric source type' : undefined;
  });
}

function refusedKnativeScaling(extension: ComponentExtension): Refusal {
  const { deploymentStrategy, scaleMetric = 'concurrency', scaleTarget } = extension;
  if (deploymentStrategy !== undefined) {
    return 'customizing deploymentStrategy is only supported for raw deployment mode';
  }
  if (scaleMetric !== 'concurrency' && scaleMetric !== 'rps') return `[${scaleMetric}] is not a supported metric`;
  return scaleMetric === 'rps' && scaleTarget !== undefined && scaleTarget < 1
    ? 'the target for rps should be greater than 1'
    : undefined;
}
