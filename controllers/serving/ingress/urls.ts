import { servingPorts } from '../../../definitions/names/serving';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { defaultClusterDomain } from './cluster-domain';
import { type ByComponent, type ComponentPlans, entryOf } from './component-plans';
import { topHost } from './host';
import { isGrpc, type ServiceFacts } from './service-ports';
import type { IngressSettings } from './settings';

/** The Service that takes predictions is not there, so that its address can't be told. */
export class EntryServiceMissing extends Error {
  constructor(name: string, namespace: string) {
    super(`failed to get entry point service ${name}: services "${name}" not found in namespace ${namespace}`);
    this.name = 'EntryServiceMissing';
  }
}

/** Where an InferenceService is reached. */
export interface Urls {
  /** From outside: `status.url`. */
  readonly url: string;
  /** Inside of the cluster: `status.address.url`. */
  readonly address: string;
}

/**
 * Where an InferenceService is reached. To be told once it is (IngressReady True); what was told stays when readiness is
 * lost, as in KServe.
 *
 * The address is always http, whatever `urlScheme` says: TLS ends at the gateway. A headless Service does not translate
 * ports, so that its address carries the port of the pods.
 *
 * @param services live Services of the components
 * @throws HostNameError, EntryServiceMissing
 */
export function urlsOf(
  isvc: InferenceService,
  plans: ComponentPlans,
  services: ByComponent<ServiceFacts>,
  settings: IngressSettings,
  clusterDomain: string = defaultClusterDomain,
): Urls {
  const { component, name, namespace } = entryOf(plans);
  const service = services[component];
  if (service === undefined) throw new EntryServiceMissing(name, namespace);
  const port = service.spec?.clusterIP === 'None' ? `:${podPort(service)}` : '';
  return {
    url: `${settings.urlScheme}://${topHost(isvc, settings)}`,
    address: `http://${name}.${namespace}.svc.${clusterDomain}${port}`,
  };
}

function podPort(service: ServiceFacts): number {
  const targets = (service.spec?.ports ?? []).filter((port) => !isGrpc(port)).map(({ targetPort }) => targetPort);
  return targets.find((target) => typeof target === 'number') ?? servingPorts.container;
}
