import type { V1PodSpec } from '@kubernetes/client-node';
import type { ComponentName } from '../../definitions/names/serving';
import type { InferenceService } from '../../definitions/serving/inference-service';

/** Scaling, traffic, logging and batching as predictor, transformer and explainer have them in common. */
export type ComponentExtension = Pick<
  InferenceService['spec']['predictor'],
  | 'minReplicas'
  | 'maxReplicas'
  | 'scaleTarget'
  | 'scaleMetric'
  | 'scaleMetricType'
  | 'autoScaling'
  | 'containerConcurrency'
  | 'timeout'
  | 'canaryTrafficPercent'
  | 'logger'
  | 'batcher'
  | 'labels'
  | 'annotations'
  | 'deploymentStrategy'
>;

/** What one component of an InferenceService is to run: its children are made from this, whatever the deployment mode. */
export interface ComponentPlan {
  readonly component: ComponentName;
  /** Name of its children: `<isvc>-predictor`. */
  readonly name: string;
  readonly namespace: string;
  /** Of runtime, InferenceService and component, merged; without `app`, which belongs to the Deployment. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of runtime, InferenceService and component, merged and filtered, with those that tell the pod webhook what to do. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Containers in their final order; not yet with the defaults of a Deployment. */
  readonly podSpec: V1PodSpec;
  readonly extension: ComponentExtension;
}

/** Runtime that serves the predictor. */
export interface ChosenRuntime {
  readonly kind: 'ServingRuntime' | 'ClusterServingRuntime';
  readonly name: string;
}
