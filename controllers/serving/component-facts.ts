import type { V1Pod } from '@kubernetes/client-node';
import type { Stored } from '../../definitions/kubernetes/core-resources';
import type { ComponentName } from '../../definitions/names/serving';
import type { Children } from './children';
import type { ComponentPlan } from './component-plan';
import { ConfigUnusable, type LiveConfig } from './config/live-config';
import { componentUrl } from './ingress/host';
import { IngressFailure } from './ingress/ingress-failure';
import type { ComponentFacts } from './status/inference-service-status';

/** Where facts about components come from. */
export interface FactSources {
  readonly children: Pick<Children, 'deploymentOf'>;
  /** Pods of the InferenceService. */
  readonly pods: readonly Stored<V1Pod>[];
  readonly config: Pick<LiveConfig, 'document'>;
}

/** What is the case with the components of a service: address, Deployment, pods. */
export function componentFacts(
  plans: readonly ComponentPlan[],
  { children, pods, config }: FactSources,
): Partial<Record<ComponentName, ComponentFacts>> {
  const facts = plans.map((plan) => [
    plan.component,
    {
      url: urlOf(plan, config),
      deployment: children.deploymentOf(plan),
      pods: pods.filter(({ metadata }) => metadata.labels?.['app'] === `isvc.${plan.name}`),
    },
  ]);
  return Object.fromEntries(facts) as Partial<Record<ComponentName, ComponentFacts>>;
}

/** Absent where no host can be made: that is said of the routes. */
function urlOf(plan: ComponentPlan, config: FactSources['config']): string | undefined {
  try {
    return componentUrl(plan, config.document('ingress'));
  } catch (error) {
    if (error instanceof IngressFailure || error instanceof ConfigUnusable) return undefined;
    throw error;
  }
}
