import { type ComponentName, componentNames } from '../../../definitions/names/serving';

/**
 * Name of a component's route, and of its host. The predictor's does not follow `predictor.name`, so that both stay when
 * that changes.
 */
export function routeName(isvc: string, component: ComponentName): string {
  return `${isvc}-${component}`;
}

/** Names of everything that may have been made for an InferenceService to reach it from outside: what to look for and clean up. */
export function ingressChildNames(isvc: string): { readonly ingress: string; readonly routes: readonly string[] } {
  return { ingress: isvc, routes: [...componentNames.map((component) => routeName(isvc, component)), isvc] };
}
