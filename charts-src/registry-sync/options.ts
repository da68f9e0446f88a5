import { z } from 'zod';
import { registrySyncConfigSchema } from '../../definitions/config/registry-sync';
import { quantity } from '../../definitions/kubernetes/quantity';
import { dnsLabel } from '../kubernetes/dns-label';
import { monitoringOptionsSchema } from '../monitoring/options';

const port = z.int().min(1).max(65_535);
const addresses = z.strictObject({
  /** Address range, for example `10.96.0.1/32`. */
  cidr: z.union([z.cidrv4('expected an address range such as 10.0.0.0/8'), z.cidrv6()]),
  ports: z.array(port).min(1),
});

const networkPolicySchema = z.strictObject({
  /**
   * Where the API server is. Its Service address is translated before policies are asked, so that its endpoints count.
   * Default: any address, on the ports that API servers use.
   */
  apiServer: z.array(addresses).default([{ cidr: '0.0.0.0/0', ports: [443, 6443] }]),
  /** Registries in the cluster: their namespaces and the port of their pods. */
  registries: z
    .array(z.strictObject({ namespace: dnsLabel, port: port.default(8080) }))
    .default([{ namespace: 'kubeflow', port: 8080 }]),
  /** Registries elsewhere. */
  externalRegistries: z.array(addresses).default([]),
});

/** Options of the registry sync controller. */
export const registrySyncOptionsSchema = z.strictObject({
  /** Namespace of everything that has one. */
  namespace: dnsLabel.default('kubeflow'),
  /** `upstream`: names, labels and selector of upstream's controller, to take its place. */
  names: z.enum(['slipway', 'upstream']).default('slipway'),
  /** Put before every name, so that several installations can share a cluster. */
  namePrefix: z
    .string()
    .regex(/^([a-z0-9][-a-z0-9]{0,19})?$/, 'expected at most 20 lower-case letters, digits and dashes')
    .default(''),
  /** One works at a time, the others stand by. From 2 on: a PodDisruptionBudget, spread over nodes and zones. */
  replicas: z.int().min(1).max(5).default(1),
  /** Renders the settings that upstream has variables for as these variables, all others into the file. */
  upstreamVariables: z.boolean().default(false),
  /** Renders a ServiceMonitor, alerts and a dashboard; the cluster needs the CRDs of the Prometheus operator. */
  monitor: z.boolean().default(false),
  /**
   * How metrics are served. `https`: on 8443, to those who may get the non-resource URL `/metrics`. `http`: on 8080, to anybody who
   * reaches the pod.
   */
  metrics: z.enum(['https', 'http']).default('https'),
  /** Changes what `monitor` renders. */
  monitoring: monitoringOptionsSchema.prefault({}),
  /** Traffic of the pods that is allowed; absent: no NetworkPolicy. */
  networkPolicy: networkPolicySchema.exactOptional(),
  /** Upstream's requests and limits by default. */
  resources: z
    .strictObject({
      requests: z.strictObject({ cpu: quantity.default('10m'), memory: quantity.default('64Mi') }).prefault({}),
      limits: z.strictObject({ memory: quantity.default('128Mi') }).prefault({}),
    })
    .prefault({}),
  /**
   * Audience of a token of its own for registries. Absent: registries in the cluster get the ServiceAccount's token for the API server,
   * as upstream sends it, and could use it there.
   */
  registryTokenAudience: z.string().min(1).exactOptional(),
  /** Configuration of the controller; what is left out has the controller's default. */
  settings: registrySyncConfigSchema.prefault({}),
});

/** Options with every default applied. */
export type RegistrySyncOptions = z.output<typeof registrySyncOptionsSchema>;

/** Options as a user writes them. */
export type RegistrySyncOptionsInput = z.input<typeof registrySyncOptionsSchema>;
