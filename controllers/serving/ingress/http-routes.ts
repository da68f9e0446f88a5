import type { V1OwnerReference } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import { apiVersionOf } from '../../../definitions/kubernetes/api-resource';
import {
  gatewayGroup,
  type HttpRoute,
  type HttpRouteRule,
  httpRoutes,
  mostHostnames,
} from '../../../definitions/kubernetes/gateway-resources';
import { servingLabels } from '../../../definitions/names/serving';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { routeName } from './child-names';
import { type ByComponent, type ComponentPlans, entryOf } from './component-plans';
import { filteredAnnotations } from '../component-metadata';
import type { ComponentPlan } from '../component-plan';
import { additionalHosts, domainHost, routeHost, topHost } from './host';
import { pathOf } from './path';
import { RouteRules, type RouteTarget, type WeightedBackend } from './route-rules';
import type { ServiceFacts } from './service-ports';
import { gatewayOf, type IngressSettings } from './settings';
import { IngressFailure } from './ingress-failure';

/** More hosts than one HTTPRoute can have. */
export class TooManyHosts extends IngressFailure {
  constructor(isvc: InferenceService, count: number) {
    const { name, namespace = '' } = isvc.metadata;
    super(
      `inference service ${namespace}/${name} has ${count} hosts, and an HTTPRoute at most ${mostHostnames}: ` +
        'shorten ingress.additionalIngressDomains',
    );
    this.name = 'TooManyHosts';
  }
}

/** Labels and annotations that don't go to children, more than those that never do. */
export type DisallowedLists = Pick<
  InferenceServiceConfig['inferenceService'],
  'serviceAnnotationDisallowedList' | 'serviceLabelDisallowedList'
>;

/** Everything that HTTPRoutes are made from. */
export interface RouteSources {
  readonly isvc: InferenceService;
  readonly plans: ComponentPlans;
  /** Services of the components, live or desired: their ports decide how requests are split by protocol. */
  readonly services: ByComponent<ServiceFacts>;
  readonly settings: IngressSettings;
  readonly disallowed: DisallowedLists;
  readonly owner: V1OwnerReference;
  /**
   * Services that share the requests for the predictor, in their order: for canaries, with weights. Never applied to
   * transformer and explainer.
   *
   * @default the predictor's own Service alone
   */
  readonly predictorBackends?: readonly WeightedBackend[];
}

/** An HTTPRoute to be written. */
export type DesiredHttpRoute = HttpRoute & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly namespace: string };
};

/** HTTPRoutes of an InferenceService: one for each component, and the one for predictions from outside. */
export interface DesiredHttpRoutes extends ByComponent<DesiredHttpRoute> {
  readonly predictor: DesiredHttpRoute;
  readonly top: DesiredHttpRoute;
}

/** @throws HostNameError, IngressPathError, IngressSettingsError, TooManyHosts */
export function desiredHttpRoutes(sources: RouteSources): DesiredHttpRoutes {
  const { isvc, plans, settings } = sources;
  const rules = new RouteRules(isvc, settings);
  const routeOf = (target: RouteTarget): DesiredHttpRoute => {
    const name = routeName(isvc.metadata.name, target.plan.component);
    return route(sources, name, [routeHost(isvc, name, settings)], rules.all(target));
  };
  return {
    predictor: routeOf(targetOf(plans.predictor, sources)),
    ...(plans.transformer !== undefined && { transformer: routeOf(targetOf(plans.transformer, sources)) }),
    ...(plans.explainer !== undefined && { explainer: routeOf(targetOf(plans.explainer, sources)) }),
    top: topRoute(sources, rules),
  };
}

function topRoute(sources: RouteSources, rules: RouteRules): DesiredHttpRoute {
  const { isvc, plans, settings } = sources;
  const top = topHost(isvc, settings);
  const path = pathOf(isvc, settings);
  const hosts = [top, ...additionalHosts(top, settings), ...(path === undefined ? [] : [domainHost(settings)])];
  const entry = targetOf(entryOf(plans), sources);
  const explainers = plans.explainer === undefined ? [] : [targetOf(plans.explainer, sources)];
  const byHost = [...explainers.map((explainer) => rules.explain(explainer)), ...rules.all(entry)];
  const byPath =
    path === undefined
      ? []
      : [...explainers.map((explainer) => rules.explainBelow(path, explainer)), rules.allBelow(path, entry)];
  return route(sources, isvc.metadata.name, [...new Set(hosts)], [...byHost, ...byPath]);
}

function targetOf(plan: ComponentPlan, { services, predictorBackends }: RouteSources): RouteTarget {
  const service = services[plan.component];
  return {
    plan,
    ...(service !== undefined && { service }),
    ...(plan.component === 'predictor' && predictorBackends !== undefined && { backends: predictorBackends }),
  };
}

function route(
  { isvc, settings, disallowed, owner }: RouteSources,
  name: string,
  hostnames: readonly string[],
  rules: readonly HttpRouteRule[],
): DesiredHttpRoute {
  if (hostnames.length > mostHostnames) throw new TooManyHosts(isvc, hostnames.length);
  const { namespace = '', labels = {}, annotations } = isvc.metadata;
  const keptBack = new Set([servingLabels.knativeVisibility, ...disallowed.serviceLabelDisallowedList]);
  return {
    apiVersion: apiVersionOf(httpRoutes),
    kind: httpRoutes.kind,
    metadata: {
      name,
      namespace,
      labels: Object.fromEntries(Object.entries(labels).filter(([key]) => !keptBack.has(key))),
      annotations: filteredAnnotations(annotations, disallowed),
      ownerReferences: [owner],
    },
    spec: {
      parentRefs: [{ group: gatewayGroup, kind: 'Gateway', ...gatewayOf(settings) }],
      hostnames,
      rules,
    },
  };
}
