import { clusterLocal, servingLabels, stopAnnotation } from '../../../definitions/names/serving';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { defaultClusterDomain } from './cluster-domain';
import type { IngressSettings } from './settings';

/**
 * How an InferenceService is reached from outside of the cluster.
 * - `stopped`: not at all, it does not run.
 * - `internal`: not at all, and so it is wanted.
 * - `ingress`: by an Ingress.
 * - `gateway`: by HTTPRoutes.
 * - `gatewayMissing`: HTTPRoutes are wanted, but the cluster does not know them.
 */
export type Exposure = 'stopped' | 'internal' | 'ingress' | 'gateway' | 'gatewayMissing';

/** What the cluster is like. */
export interface ClusterFacts {
  /** Whether the API server serves HTTPRoutes in v1. */
  readonly httpRoutesServed: boolean;
  /** Domain of the cluster, for names of Services. @default 'cluster.local' */
  readonly clusterDomain?: string;
}

/** Decides how an InferenceService is reached from outside. */
export function exposureOf(
  { metadata: { annotations, labels } }: InferenceService,
  settings: IngressSettings,
  { httpRoutesServed, clusterDomain = defaultClusterDomain }: ClusterFacts,
): Exposure {
  if (annotations?.[stopAnnotation]?.toLowerCase() === 'true') return 'stopped';
  if (
    labels?.[servingLabels.visibility] === clusterLocal ||
    settings.ingressDomain === `svc.${clusterDomain}` ||
    settings.disableIngressCreation
  ) {
    return 'internal';
  }
  if (!settings.enableGatewayApi) return 'ingress';
  return httpRoutesServed ? 'gateway' : 'gatewayMissing';
}
