import * as z from 'zod';
import { dnsLabel } from '../kubernetes/dns-label';
import { gatewayPrincipalSchema, gatewaySchema, kubeflowGateway } from '../kubernetes/mesh';
import { apiServerAddresses } from '../kubernetes/network-peers';
import { resourcesSchema } from '../kubernetes/resources';

const behindIstio = z.strictObject({
  mode: z.literal('istio'),
  /** Gateway through which browsers come, as `namespace/name`. */
  gateway: gatewaySchema.default(kubeflowGateway),
  /** Identity of that gateway: the only one that may talk to the UI. */
  gatewayPrincipal: gatewayPrincipalSchema,
});

const standalone = z.strictObject({
  mode: z.literal('standalone'),
  /**
   * Everybody who reaches the UI is this user: a proxy before it says so. What the user may do is yours to grant; upstream makes the user
   * an administrator of the cluster.
   */
  user: z.string().regex(/^[A-Za-z0-9._@+-]{1,253}$/, 'expected a user name such as user@example.com'),
  proxyResources: resourcesSchema({ cpu: '50m', memory: '64Mi', limit: '128Mi' }),
});

/** Options of the Model Registry's user interface. */
export const registryUiSchema = z.strictObject({
  namespace: dnsLabel.default('kubeflow'),
  /** Put before the names of cluster-scoped objects, so that several can share a cluster. */
  namePrefix: z
    .string()
    .regex(/^([a-z0-9][-a-z0-9]{0,19})?$/, 'expected at most 20 lower-case letters, digits and dashes')
    .default(''),
  /** Who authenticates users: nobody, the Kubeflow dashboard's header, Istio's gateway, or a proxy of its own. */
  exposure: z
    .discriminatedUnion('mode', [
      z.strictObject({ mode: z.literal('plain') }),
      z.strictObject({ mode: z.literal('kubeflow') }),
      behindIstio,
      standalone,
    ])
    .default({ mode: 'plain' }),
  /**
   * Namespaces whose registries it shows. Absent: all, and who is an administrator is read from the cluster's role bindings, as upstream
   * does.
   */
  registryNamespaces: z.array(dnsLabel).min(1).exactOptional(),
  replicas: z.int().min(1).max(5).default(1),
  resources: resourcesSchema({ cpu: '500m', memory: '2Gi', limit: '2Gi' }),
  /** Traffic that is allowed; absent: no NetworkPolicy. */
  networkPolicy: z
    .strictObject({
      apiServer: apiServerAddresses,
      /** Namespaces whose pods may open the UI; that of Istio's gateway is among them. */
      namespaces: z.array(dnsLabel).default([]),
    })
    .exactOptional(),
});

/** Options of the user interface, with every default applied. */
export type RegistryUiOptions = z.output<typeof registryUiSchema>;
