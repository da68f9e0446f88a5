import { ingressTexts, servingReasons } from '../../../definitions/names/serving-conditions';
import type { HttpRoute } from '../../../definitions/kubernetes/gateway-resources';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { inferenceServices } from '../../../definitions/serving/inference-service';
import { routeName } from './child-names';
import { type ComponentPlans, existing, titleOf } from './component-plans';
import type { Exposure } from './exposure';
import { unreadyBeforeIngress } from './gates';
import type { ReadyComponents } from './ready-components';
import { isOwnedBy } from './ownership';

/** What IngressReady says. */
export interface IngressReadiness {
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
  /** Look again after so many seconds, because no event will tell. Absent: a watch on the children or the Deployments tells. */
  readonly requeueSeconds?: number;
}

/** Nothing tells that CRDs were installed. */
const gatewayRecheckSeconds = 30;

const ready: IngressReadiness = { status: 'True' };

/**
 * Whether an InferenceService is reached as it should be.
 *
 * @param routes live HTTPRoutes of its names, after this pass has written; others than its own count as missing
 */
export function ingressReadiness(
  exposure: Exposure,
  isvc: InferenceService,
  plans: ComponentPlans,
  readyComponents: ReadyComponents,
  routes: readonly HttpRoute[],
): IngressReadiness {
  switch (exposure) {
    case 'stopped':
      return { status: 'False', reason: servingReasons.stopped };
    case 'internal':
      return ready;
    case 'gatewayMissing':
      return gatewayMissing;
    case 'ingress': {
      const unready = unreadyBeforeIngress(plans, readyComponents);
      return unready === undefined ? ready : { status: 'False', reason: ingressTexts.notCreated(titleOf(unready)) };
    }
    case 'gateway':
      return routesReadiness(isvc, plans, routes);
  }
}

/**
 * What IngressReady says when nothing can be made: the cause, with what has to change. Children of an earlier pass stay as
 * they are. A change of the settings or of the InferenceService wakes the key.
 */
export function refusedIngress({ message }: Error): IngressReadiness {
  return { status: 'False', reason: servingReasons.reconcileFailed, message };
}

const gatewayMissing: IngressReadiness = {
  status: 'False',
  reason: servingReasons.gatewayApiNotInstalled,
  message:
    'enableGatewayApi is on in the ingress settings, but the cluster does not serve HTTPRoute of ' +
    'gateway.networking.k8s.io/v1: install the Gateway API, or set enableGatewayApi to false',
  requeueSeconds: gatewayRecheckSeconds,
};

function routesReadiness(
  isvc: InferenceService,
  plans: ComponentPlans,
  routes: readonly HttpRoute[],
): IngressReadiness {
  const { name } = isvc.metadata;
  const wanted = [
    ...existing(plans).map((component) => ({ title: titleOf(component), route: routeName(name, component) })),
    { title: inferenceServices.kind, route: name },
  ];
  for (const { title, route } of wanted) {
    const live = routes.find(({ metadata }) => metadata.name === route);
    const readiness = routeReadiness(title, live !== undefined && isOwnedBy(live, isvc) ? live : undefined);
    if (readiness.status !== 'True') return readiness;
  }
  return ready;
}

function routeReadiness(title: string, route: HttpRoute | undefined): IngressReadiness {
  if (route === undefined || route.metadata.deletionTimestamp !== undefined) {
    return {
      status: 'False',
      reason: ingressTexts.deploymentNotReady(title),
      message: ingressTexts.routeNotCreated(title),
    };
  }
  const parents = route.status?.parents ?? [];
  if (parents.length === 0) {
    return {
      status: 'False',
      reason: servingReasons.parentStatusNotAvailable,
      message: ingressTexts.routeNotReady(title),
    };
  }
  const refusal = parents.flatMap(({ conditions = [] }) => conditions).find(({ status }) => status === 'False');
  return refusal === undefined
    ? ready
    : { status: 'False', reason: refusal.reason, message: `${title} ${refusal.message}` };
}
