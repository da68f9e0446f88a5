import type { InferenceService } from '../../../definitions/serving/inference-service';
import type { ComponentPlan } from '../component-plan';
import { renderGoTemplate } from '../go-template';
import { hostNameProblem, isSubdomain } from './domain-name';
import type { IngressSettings } from './settings';
import { IngressFailure } from './ingress-failure';

/** The domain template gives no host for an InferenceService. Nothing helps but another template, domain, name or label. */
export class HostNameError extends IngressFailure {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HostNameError';
  }
}

/** Names a host is made of. */
interface HostSubject {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Host of the InferenceService as a whole. @throws HostNameError */
export function topHost(isvc: InferenceService, settings: IngressSettings): string {
  return routeHost(isvc, isvc.metadata.name, settings);
}

/**
 * Host of one of the routes: named by the component, with labels and annotations of the InferenceService.
 *
 * @throws HostNameError
 */
export function routeHost({ metadata }: InferenceService, name: string, settings: IngressSettings): string {
  const { namespace = '', labels = {}, annotations = {} } = metadata;
  return render({ name, namespace, labels, annotations }, settings);
}

/** Host that the status tells for a component: with labels and annotations of the component. @throws HostNameError */
export function componentHost(plan: ComponentPlan, settings: IngressSettings): string {
  return render(plan, settings);
}

/** URL that the status tells for a component. Always http, whatever `urlScheme` says. @throws HostNameError */
export function componentUrl(plan: ComponentPlan, settings: IngressSettings): string {
  try {
    return `http://${componentHost(plan, settings)}`;
  } catch (error) {
    if (!(error instanceof HostNameError)) throw error;
    throw new HostNameError(`failed creating host name: ${error.message}`, { cause: error });
  }
}

/**
 * Hosts beside the top host: the same under each further domain, without those that are no DNS name. Only for a top host
 * that ends in the ingress domain, because else nothing says what to put before the other domains.
 */
export function additionalHosts(top: string, settings: IngressSettings): readonly string[] {
  const { ingressDomain, additionalIngressDomains } = settings;
  if (!top.endsWith(ingressDomain) || top === ingressDomain) return [];
  const start = top.slice(0, -ingressDomain.length);
  const hosts = additionalIngressDomains.map((domain) => `${start}${domain}`).filter(isSubdomain);
  return [...new Set(hosts)].filter((host) => host !== top);
}

/** The ingress domain as a host of its own: what routing by path needs. @throws HostNameError */
export function domainHost({ ingressDomain }: IngressSettings): string {
  const host = withoutFinalDot(ingressDomain);
  if (isSubdomain(host)) return host;
  throw new HostNameError(`invalid ingressDomain ${JSON.stringify(ingressDomain)}: routing by path needs a DNS name`);
}

function render({ name, namespace, labels, annotations }: HostSubject, settings: IngressSettings): string {
  const { domainTemplate, ingressDomain } = settings;
  const data = {
    Name: name,
    Namespace: namespace,
    IngressDomain: ingressDomain,
    Labels: labels,
    Annotations: annotations,
  };
  let rendered: string;
  try {
    rendered = renderGoTemplate(domainTemplate, data);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new HostNameError(`error rendering the domain template: ${cause}`, { cause: error });
  }
  const host = withoutFinalDot(rendered);
  const problem = hostNameProblem(host);
  if (problem !== undefined) throw new HostNameError(`invalid domain name ${JSON.stringify(rendered)}: ${problem}`);
  return host;
}

/** The dot of a fully qualified name ends it for DNS, but is no part of a host of Ingress or HTTPRoute. */
function withoutFinalDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
