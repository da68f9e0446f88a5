import type { V1IngressRule, V1OwnerReference } from '@kubernetes/client-node';
import { apiVersionOf } from '../../../definitions/kubernetes/api-resource';
import { ingresses } from '../../../definitions/kubernetes/core-resources';
import { servingPorts } from '../../../definitions/names/serving';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { routeName } from './child-names';
import { type ComponentPlans, entryOf } from './component-plans';
import { routeHost, topHost } from './host';
import type { IngressSettings } from './settings';

/**
 * The Ingress of an InferenceService: one rule for each host. Annotations are the InferenceService's, all of them, because
 * ingress controllers are configured by annotations.
 *
 * KServe sends the host of the transformer to the predictor and makes the explainer's host from the transformer's name; we
 * send each host to its own component.
 *
 * @throws HostNameError
 */
export function desiredIngress(
  isvc: InferenceService,
  plans: ComponentPlans,
  settings: IngressSettings,
  owner: V1OwnerReference,
) {
  const { name, namespace = '', annotations = {} } = isvc.metadata;
  const { predictor, transformer, explainer } = plans;
  const host = (component: string) => routeHost(isvc, component, settings);
  const top = rule(topHost(isvc, settings), entryOf(plans).name);
  const explain = explainer === undefined ? [] : [rule(host(routeName(name, 'explainer')), explainer.name)];
  const rules =
    transformer === undefined
      ? [top, ...explain]
      : [...explain, top, rule(host(routeName(name, 'transformer')), transformer.name)];
  return {
    apiVersion: apiVersionOf(ingresses),
    kind: ingresses.kind,
    metadata: { name, namespace, annotations: { ...annotations }, ownerReferences: [owner] },
    spec: {
      ...(settings.ingressClassName === undefined ? {} : { ingressClassName: settings.ingressClassName }),
      rules: [...rules, rule(host(predictor.name), predictor.name)],
    },
  };
}

/** The Ingress to be written. */
export type DesiredIngress = ReturnType<typeof desiredIngress>;

function rule(host: string, service: string): V1IngressRule {
  const backend = { service: { name: service, port: { number: servingPorts.service } } };
  return { host, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } };
}
