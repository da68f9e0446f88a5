import type { V1Ingress } from '@kubernetes/client-node';
import type { Stored } from '../../../definitions/kubernetes/core-resources';
import type { HttpRoute } from '../../../definitions/kubernetes/gateway-resources';
import type { ComponentName } from '../../../definitions/names/serving';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { ingressChildNames, routeName } from './child-names';
import { existing } from './component-plans';
import type { Exposure } from './exposure';
import { type DesiredHttpRoute, desiredHttpRoutes, type RouteSources } from './http-routes';
import { type DesiredIngress, desiredIngress } from './ingress';
import { isOwnedBy } from './ownership';
import { unreadyBeforeIngress } from './gates';
import type { ReadyComponents } from './ready-components';

/** What is to be done for an InferenceService to be reached from outside as it should: apply first, then remove. */
export interface IngressChildren {
  readonly ingress?: DesiredIngress;
  readonly routes: readonly DesiredHttpRoute[];
  /** Live children that have no place any more. */
  readonly remove: { readonly ingresses: readonly Stored<V1Ingress>[]; readonly routes: readonly HttpRoute[] };
}

/** What lives under the names of {@link ingressChildNames}. Routes are empty where the cluster does not know them. */
export interface LiveIngressChildren {
  readonly ingresses: readonly Stored<V1Ingress>[];
  readonly routes: readonly HttpRoute[];
}

/**
 * What to apply and what to remove.
 *
 * A child whose component is not ready is neither: it comes with readiness, and where there is one it stays as it is.
 * Children of the other kind (Ingress or HTTPRoutes) go when the first of the wanted kind is applied, so that a switch
 * leaves nobody without a way in for longer than needed. Only children that the InferenceService controls are removed.
 *
 * @throws HostNameError, IngressPathError, IngressSettingsError, TooManyHosts
 */
export function ingressChildren(
  exposure: Exposure,
  sources: RouteSources,
  ready: ReadyComponents,
  live: LiveIngressChildren,
): IngressChildren {
  const { isvc, plans, settings, owner } = sources;
  const { ingresses, routes } = ownOf(isvc, live);
  switch (exposure) {
    case 'stopped':
    case 'internal':
      return { routes: [], remove: { ingresses, routes } };
    case 'gatewayMissing':
      return { routes: [], remove: { ingresses: [], routes: [] } };
    case 'ingress': {
      if (unreadyBeforeIngress(plans, ready) !== undefined)
        return { routes: [], remove: { ingresses: [], routes: [] } };
      const ingress = desiredIngress(isvc, plans, settings, owner);
      return { ingress, routes: [], remove: { ingresses: [], routes } };
    }
    case 'gateway': {
      const applied = readyRoutes(sources, ready);
      const keptNames = [isvc.metadata.name, ...existing(plans).map((name) => routeName(isvc.metadata.name, name))];
      return {
        routes: applied,
        remove: {
          ingresses: applied.length === 0 ? [] : ingresses,
          routes: routes.filter(({ metadata }) => !keptNames.includes(metadata.name)),
        },
      };
    }
  }
}

function readyRoutes(sources: RouteSources, ready: ReadyComponents): readonly DesiredHttpRoute[] {
  const desired = desiredHttpRoutes(sources);
  const components = existing(sources.plans);
  const isReady = (component: ComponentName) => ready[component] === true;
  return [
    ...components.filter(isReady).flatMap((component) => desired[component] ?? []),
    ...(components.every(isReady) ? [desired.top] : []),
  ];
}

function ownOf(isvc: InferenceService, { ingresses, routes }: LiveIngressChildren): LiveIngressChildren {
  const names = ingressChildNames(isvc.metadata.name);
  return {
    ingresses: ingresses.filter((ingress) => ingress.metadata.name === names.ingress && isOwnedBy(ingress, isvc)),
    routes: routes.filter((route) => names.routes.includes(route.metadata.name) && isOwnedBy(route, isvc)),
  };
}
