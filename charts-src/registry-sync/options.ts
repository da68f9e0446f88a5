import * as z from 'zod';
import { registrySyncConfigSchema } from '../../definitions/config/registry-sync';
import { dnsLabel } from '../kubernetes/dns-label';
import { addressesSchema, apiServerAddresses, port } from '../kubernetes/network-peers';
import { resourcesSchema } from '../kubernetes/resources';
import { metricsCertificateSchema, metricsSchema } from '../monitoring/metrics-certificate';
import { monitoringOptionsSchema } from '../monitoring/options';

const networkPolicySchema = z.strictObject({
  /** Where the API server is. */
  apiServer: apiServerAddresses,
  /** Registries in the cluster: their namespaces and the port of their pods. */
  registries: z
    .array(z.strictObject({ namespace: dnsLabel, port: port.default(8080) }))
    .default([{ namespace: 'kubeflow', port: 8080 }]),
  /** Registries elsewhere. */
  externalRegistries: z.array(addressesSchema).default([]),
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
  /** How metrics are served: over HTTPS to those who may get `/metrics`, or over plain HTTP to anybody. */
  metrics: metricsSchema.default('https'),
  /** Certificate of the metrics port; absent: made by the pod when it starts, which Prometheus can't check. */
  metricsCertificate: metricsCertificateSchema.exactOptional(),
  /** Changes what `monitor` renders. */
  monitoring: monitoringOptionsSchema.prefault({}),
  /** Traffic of the pods that is allowed; absent: no NetworkPolicy. */
  networkPolicy: networkPolicySchema.exactOptional(),
  /** Upstream's requests and limits by default. */
  resources: resourcesSchema({ cpu: '10m', memory: '64Mi', limit: '128Mi' }),
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
