import * as z from 'zod';
import { servingConfigSchema } from '../../definitions/config/serving';
import { issuerSchema } from '../kubernetes/certificate';
import { dnsLabel } from '../kubernetes/dns-label';
import { apiServerAddresses } from '../kubernetes/network-peers';
import { resourcesSchema } from '../kubernetes/resources';
import { metricsCertificateSchema, metricsSchema } from '../monitoring/metrics-certificate';
import { monitoringOptionsSchema } from '../monitoring/options';
import { configurationSchema } from './configuration';

const webhooksSchema = z.strictObject({
  /**
   * Who makes the certificate of the webhooks. `self-managed`: the controllers, which also tell the API server. `cert-manager`: an
   * issuer of it, without one a self-signed issuer of the namespace; its injector tells the API server.
   */
  certificate: z
    .discriminatedUnion('from', [
      z.strictObject({ from: z.literal('self-managed') }),
      z.strictObject({ from: z.literal('cert-manager'), issuer: issuerSchema.exactOptional() }),
    ])
    .default({ from: 'self-managed' }),
  /** Where the API server reaches the webhooks of a controller that is no pod: `https://127.0.0.1:9443`. Absent: at its Service. */
  url: z.url({ protocol: /^https$/, error: 'expected an https URL' }).exactOptional(),
});

/** Options of the serving controller. There is one in a cluster: its names and webhooks are KServe's. */
export const servingOptionsSchema = z.strictObject({
  /** Namespace of everything that has one. */
  namespace: dnsLabel.default('kserve'),
  /** One works at a time, all answer webhooks. From 2 on: a PodDisruptionBudget, spread over nodes and zones. */
  replicas: z.int().min(1).max(5).default(1),
  webhooks: webhooksSchema.prefault({}),
  /** Documents of the ConfigMap `inferenceservice-config`, laid over those that KServe ships. */
  configuration: configurationSchema,
  /** Configuration of the process; what is left out has the controller's default. */
  settings: servingConfigSchema.omit({ webhooks: true }).prefault({}),
  /** Renders a ServiceMonitor, a PodMonitor for models, alerts and dashboards; the cluster needs the CRDs of the Prometheus operator. */
  monitor: z.boolean().default(false),
  /** Changes what `monitor` renders. */
  monitoring: monitoringOptionsSchema.prefault({}),
  /** How metrics are served: over HTTPS to those who may get `/metrics`, or over plain HTTP to anybody. */
  metrics: metricsSchema.default('https'),
  /** Certificate of the metrics port; absent: made by the pod when it starts, which Prometheus can't check. */
  metricsCertificate: metricsCertificateSchema.exactOptional(),
  /** Traffic of the pods that is allowed; absent: no NetworkPolicy. */
  networkPolicy: z
    .strictObject({
      /** Where the API server is: reached by the controller. It calls the webhooks from addresses that nobody knows beforehand. */
      apiServer: apiServerAddresses,
    })
    .exactOptional(),
  /** Upstream's requests and limits by default. */
  resources: resourcesSchema({ cpu: '100m', memory: '200Mi', limit: '300Mi' }),
});

/** Options with every default applied. */
export type ServingOptions = z.output<typeof servingOptionsSchema>;
