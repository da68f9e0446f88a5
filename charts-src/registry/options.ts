import * as z from 'zod';
import { dnsLabel } from '../kubernetes/dns-label';
import { gatewayPrincipalSchema, gatewaySchema, kubeflowGateway } from '../kubernetes/mesh';
import { apiServerAddresses } from '../kubernetes/network-peers';
import { resourcesSchema } from '../kubernetes/resources';
import { databaseSchema } from './database-options';

/** Registry that upstream's manifests install: its objects carry exactly their names. */
export const defaultRegistryName = 'model-registry';

const labels = z.record(z.string(), z.string());

const networkPolicySchema = z.strictObject({
  /** Namespaces whose pods may use the API, by name. */
  namespaces: z.array(dnsLabel).default([]),
  /** Namespaces whose pods may use the API, by labels. */
  namespaceLabels: z.array(labels).default([{ 'app.kubernetes.io/part-of': 'kubeflow-profile' }]),
  /** Where the API server is, for the Job that generates credentials. */
  apiServer: apiServerAddresses,
});

const meshSchema = z.strictObject({
  /** Gateway through which browsers come, as `namespace/name`: without its namespace it is looked for beside the VirtualService. */
  gateway: gatewaySchema.default(kubeflowGateway),
  /** Identity of that gateway. */
  gatewayPrincipal: gatewayPrincipalSchema,
  /** Further identities that may use the API. */
  principals: z.array(z.string().min(1)).default([]),
  /** Namespaces all of whose identities may use the API. */
  namespaces: z.array(dnsLabel).default([]),
  /**
   * Whether any identity of the mesh may use the API that the NetworkPolicy lets through: Istio can't tell namespaces by their labels,
   * a NetworkPolicy can.
   */
  whoeverThePolicyAdmits: z.boolean().default(false),
});

/** Options of a Model Registry. */
export const registrySchema = z.strictObject({
  /** Begins the names of all its objects. One of another name than upstream's can share a namespace with others. */
  name: dnsLabel.max(30).default(defaultRegistryName),
  namespace: dnsLabel.default('kubeflow'),
  /** Shown by the UI. */
  displayName: z.string().default('Kubeflow Model Registry'),
  /** Shown by the UI. */
  description: z.string().default('An example model registry'),
  /** Address at which clients outside of the cluster reach it; the registry sync controller uses it too. */
  externalAddress: z.string().min(1).exactOptional(),
  replicas: z.int().min(1).max(10).default(1),
  resources: resourcesSchema({ cpu: '100m', memory: '128Mi', limit: '512Mi' }),
  /** Whether Istio puts its sidecar into the server's pods. */
  sidecar: z.boolean().default(false),
  database: databaseSchema,
  /** Traffic that is allowed; absent: no NetworkPolicies. */
  networkPolicy: networkPolicySchema.exactOptional(),
  /** Istio's objects; absent: none. */
  mesh: meshSchema.exactOptional(),
});

/** Options of a Model Registry, with every default applied. */
export type RegistryOptions = z.output<typeof registrySchema>;
