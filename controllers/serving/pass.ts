import { servingAnnotations, type ComponentName } from '../../definitions/names/serving';
import { componentConditions, servingConditions } from '../../definitions/names/serving-conditions';
import type { InferenceService } from '../../definitions/serving/inference-service';
import { conditionOf } from '../runtime/conditions';
import type { ComponentPlan } from './component-plan';
import type { ComponentPlans } from './ingress/component-plans';
import type { ReadyComponents } from './ingress/ready-components';
import type { PlannedComponents } from './planner';
import { componentReadiness } from './status/component-readiness';
import type {
  ComponentFacts,
  ComponentFailure as FailedComponent,
  IngressFacts,
} from './status/inference-service-status';
import { conditionsOf } from './status/stored-status';

/** What one pass has found out. */
export interface Pass {
  readonly mode: string;
  readonly components: Partial<Record<ComponentName, ComponentFacts>>;
  readonly planned?: PlannedComponents;
  readonly failure?: FailedComponent;
  readonly ingress?: IngressFacts;
  readonly stopped: boolean;
  readonly requeueSeconds?: number;
  /** Thrown once the status is written: trying again soon may help. */
  readonly rethrow?: unknown;
}

/** Ready, and its owner wants no change to reach it by itself. */
export function keepsOut({ metadata, status }: InferenceService): boolean {
  if (metadata.annotations?.[servingAnnotations.disableAutoUpdate] !== 'true') return false;
  return conditionOf(conditionsOf(status), servingConditions.ready)?.status === 'True';
}

/** Components that are planned, in the order in which they are written. */
export function listed(plans: ComponentPlans): readonly ComponentPlan[] {
  return [plans.predictor, plans.transformer, plans.explainer].filter((plan) => plan !== undefined);
}

/** Facts of a pass that has not come to the components. */
export function emptyFacts({ spec }: InferenceService): Partial<Record<ComponentName, ComponentFacts>> {
  const nothing: ComponentFacts = { pods: [] };
  return {
    predictor: nothing,
    ...(spec.transformer === undefined ? {} : { transformer: nothing }),
    ...(spec.explainer === undefined ? {} : { explainer: nothing }),
  };
}

/** Which components are ready, as seen in this pass. */
export function readyComponents(
  { metadata, status }: InferenceService,
  plans: ComponentPlans,
  components: Partial<Record<ComponentName, ComponentFacts>>,
): ReadyComponents {
  const ready = listed(plans).map(({ component }) => {
    const readiness = componentReadiness({
      component,
      deployment: components[component]?.deployment,
      pods: components[component]?.pods ?? [],
      before: conditionOf(conditionsOf(status), componentConditions[component]),
      changed: status?.observedGeneration !== metadata.generation,
    });
    return [component, readiness.status === 'True'] as const;
  });
  return Object.fromEntries(ready);
}
