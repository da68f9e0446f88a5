import { componentNames, type ComponentName } from '../../../definitions/names/serving';
import type { ComponentPlan } from '../component-plan';

/** The components of one InferenceService, as planned. */
export type ComponentPlans = { readonly predictor: ComponentPlan } & {
  readonly [Name in Exclude<ComponentName, 'predictor'>]?: ComponentPlan;
};

/** What is known of each component; absent: it does not exist, or nothing is known. */
export type ByComponent<T> = { readonly [Name in ComponentName]?: T };

/** The components that exist, in the order in which requests should find them working: predictor, transformer, explainer. */
export function existing(plans: ComponentPlans): readonly ComponentName[] {
  return componentNames.filter((component) => plans[component] !== undefined);
}

/** The component that takes predictions from outside. */
export function entryOf(plans: ComponentPlans): ComponentPlan {
  return plans.transformer ?? plans.predictor;
}

/** Name of a component in conditions: `Predictor`. */
export function titleOf(component: ComponentName): string {
  return `${component.charAt(0).toUpperCase()}${component.slice(1)}`;
}
