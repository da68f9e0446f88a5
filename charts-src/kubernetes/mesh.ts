import * as z from 'zod';

/** A gateway of Istio: without its namespace it is looked for beside whatever refers to it. */
export const gatewaySchema = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'expected namespace/name');

/** Kubeflow's gateway. */
export const kubeflowGateway = 'kubeflow/kubeflow-gateway';

/** Identity of the pods behind a gateway. */
export const gatewayPrincipalSchema = z
  .string()
  .regex(/\/ns\/[a-z0-9-]+\/sa\//, 'expected an identity such as cluster.local/ns/NAMESPACE/sa/SERVICE-ACCOUNT')
  .default('cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account');

/** Namespace of the pods that have an identity. */
export function namespaceOfPrincipal(principal: string): string {
  const namespace = /\/ns\/([^/]+)\//.exec(principal)?.[1];
  if (namespace === undefined) throw new Error(`reading the identity ${principal}: it has no namespace`);
  return namespace;
}
