import type { ComponentName } from '../../../definitions/names/serving';
import type { ReadyComponents } from './ready-components';
import type { ComponentPlans } from './component-plans';

/**
 * The component that an Ingress waits for; undefined when it may be made. As in KServe an explainer beside a transformer is
 * not waited for: predictions don't need it.
 */
export function unreadyBeforeIngress(
  { transformer, explainer }: ComponentPlans,
  ready: ReadyComponents,
): ComponentName | undefined {
  const gates: readonly ComponentName[] = [
    'predictor',
    ...(transformer === undefined ? [] : (['transformer'] as const)),
    ...(transformer === undefined && explainer !== undefined ? (['explainer'] as const) : []),
  ];
  return gates.find((component) => ready[component] !== true);
}
