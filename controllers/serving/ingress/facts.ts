import type { HttpRoute } from '../../../definitions/kubernetes/gateway-resources';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import type { ByComponent, ComponentPlans } from './component-plans';
import type { Exposure } from './exposure';
import { type IngressReadiness, ingressReadiness } from './readiness';
import type { ReadyComponents } from './ready-components';
import type { ServiceFacts } from './service-ports';
import type { IngressSettings } from './settings';
import { type Urls, urlsOf } from './urls';

/** What the status says of the ingress: IngressReady, and with it where the InferenceService is reached. */
export type IngressFacts = IngressReadiness & Partial<Urls>;

/** What the status is found out from, as it lives after this pass has written. */
export interface IngressObservation {
  readonly isvc: InferenceService;
  readonly plans: ComponentPlans;
  readonly ready: ReadyComponents;
  /** HTTPRoutes of the InferenceService's names; empty where the cluster does not know them. */
  readonly routes: readonly HttpRoute[];
  readonly services: ByComponent<ServiceFacts>;
  readonly settings: IngressSettings;
  /** @default 'cluster.local' */
  readonly clusterDomain?: string;
}

/**
 * What the status is to say. URLs are absent until IngressReady is True; what the status said before stays then, as in
 * KServe (only a stop clears it).
 *
 * @throws HostNameError, EntryServiceMissing
 */
export function ingressFacts(exposure: Exposure, observation: IngressObservation): IngressFacts {
  const { isvc, plans, ready, routes, services, settings, clusterDomain } = observation;
  const readiness = ingressReadiness(exposure, isvc, plans, ready, routes);
  if (readiness.status !== 'True') return readiness;
  return { ...readiness, ...urlsOf(isvc, plans, services, settings, clusterDomain) };
}
