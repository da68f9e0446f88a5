import { controllerReference } from '../runtime/child-ownership';
import { componentNames } from '../../definitions/names/serving';
import type { InferenceServiceConfig } from '../../definitions/config/inference-service-config';
import type { InferenceService } from '../../definitions/serving/inference-service';
import { keyOf } from '../runtime/object-key';
import type { Children } from './children';
import type { ByComponent, ComponentPlans } from './ingress/component-plans';
import { ingressChildren } from './ingress/children';
import { exposureOf, type ClusterFacts } from './ingress/exposure';
import { ingressReadiness } from './ingress/readiness';
import type { ReadyComponents } from './ingress/ready-components';
import type { ServiceFacts } from './ingress/service-ports';
import { urlsOf } from './ingress/urls';
import type { ServingStores } from './serving-stores';
import type { IngressFacts } from './status/inference-service-status';

/** What routes of an InferenceService are made from. */
export interface RouteInput {
  readonly inferenceService: InferenceService;
  readonly plans: ComponentPlans;
  readonly ready: ReadyComponents;
  readonly settings: Pick<InferenceServiceConfig, 'ingress' | 'inferenceService'>;
  readonly cluster: ClusterFacts;
}

/**
 * Writes the Ingress or the HTTPRoutes of an InferenceService and removes those that have no place any more.
 *
 * @returns what came of it, for the status; `requeueSeconds` where nothing would tell of a change
 */
export async function writeRoutes(
  { inferenceService, plans, ready, settings, cluster }: RouteInput,
  stores: ServingStores,
  children: Children,
): Promise<IngressFacts & { readonly requeueSeconds?: number }> {
  const key = keyOf(inferenceService);
  const exposure = exposureOf(inferenceService, settings.ingress, cluster);
  const live = { ingresses: stores.ingresses.byOwner.get(key), routes: stores.routes.byOwner.get(key) };
  const services = servicesOf(plans, stores, children);
  const sources = {
    isvc: inferenceService,
    plans,
    services,
    settings: settings.ingress,
    disallowed: settings.inferenceService,
    owner: controllerReference(children.owner),
  };
  const wanted = ingressChildren(exposure, sources, ready, live);
  if (wanted.ingress !== undefined) await children.ensure(stores.ingresses, wanted.ingress);
  for (const route of wanted.routes) await children.ensure(stores.routes, route);
  for (const ingress of wanted.remove.ingresses) await children.remove(stores.ingresses, ingress);
  for (const route of wanted.remove.routes) await children.remove(stores.routes, route);
  const routes = stores.routes.byOwner.get(key);
  const { requeueSeconds, ...facts } = ingressReadiness(exposure, inferenceService, plans, ready, routes);
  const urls =
    facts.status === 'True'
      ? urlsOf(inferenceService, plans, services, settings.ingress, cluster.clusterDomain)
      : undefined;
  return { ...facts, ...urls, ...(requeueSeconds === undefined ? {} : { requeueSeconds }) };
}

function servicesOf(plans: ComponentPlans, stores: ServingStores, children: Children): ByComponent<ServiceFacts> {
  const entries = componentNames.flatMap((component) => {
    const plan = plans[component];
    if (plan === undefined) return [];
    const service = children.live(stores.services, { metadata: { name: plan.name, namespace: plan.namespace } });
    return service === undefined ? [] : [[component, service] as const];
  });
  return Object.fromEntries(entries);
}
