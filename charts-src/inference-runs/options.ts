import type { k8s } from 'cdk8s-plus-28';
import * as z from 'zod';
import { inferenceRunsConfigSchema } from '../../definitions/config/inference-runs';
import { krateoNamespace } from '../../definitions/names/krateo';
import { servingPorts } from '../../definitions/names/serving';
import { dnsLabel } from '../kubernetes/dns-label';
import { labelsSchema } from '../kubernetes/label-schema';
import { addressesSchema, apiServerAddresses, port } from '../kubernetes/network-peers';
import { resourcesSchema } from '../kubernetes/resources';
import { objectNameSchema } from '../kubernetes/secret-ref';
import { metricsCertificateSchema, metricsSchema } from '../monitoring/metrics-certificate';
import { monitoringOptionsSchema } from '../monitoring/options';

const annotationsSchema = z.record(z.string(), z.string()).default({});

const runnersSchema = z.strictObject({
  serviceAccount: z
    .strictObject({
      /** Whether the account is rendered, once for each namespace of runners. */
      create: z.boolean().default(true),
      /** Absent: `kserve-controller-runners` if it is created, else the `default` of each run's namespace. */
      name: objectNameSchema.exactOptional(),
      annotations: annotationsSchema,
    })
    .prefault({}),
  /** Namespaces that get the account, its Role and the NetworkPolicy; absent: those that are watched. */
  namespaces: z.array(dnsLabel).min(1).exactOptional(),
  /**
   * Secrets that runners may read through the API. None by default: ours finds its Secrets mounted. Upstream's runner images read the
   * Secrets of endpoints this way.
   */
  secretNames: z.array(objectNameSchema).default([]),
  /** Image of runners whose config names none; absent: the image of all our controllers. */
  image: z.string().min(1).exactOptional(),
});

const runnerTrafficSchema = z.strictObject({
  /** Predictors in the cluster: their namespaces and the port of their pods. Absent: those in the namespaces of runners. */
  models: z.array(z.strictObject({ namespace: dnsLabel, port: port.default(servingPorts.container) })).exactOptional(),
  /** Pods that runners read from and write to: database handlers, storage in the cluster. */
  endpoints: z.array(z.strictObject({ namespace: dnsLabel, labels: labelsSchema, port })).default([]),
  /** Models, endpoints and storage elsewhere. */
  addresses: z.array(addressesSchema).default([]),
});

const networkPolicySchema = z.strictObject({
  /** Where the API server is: for the controller, and for runners that may read Secrets. */
  apiServer: apiServerAddresses,
  /** What runners talk to beside name resolution. */
  runners: runnerTrafficSchema.prefault({}),
});

/** Where pods of the controller may run and what they are called: as Kubernetes has it, taken over as it is. */
const podSchema = z.strictObject({
  labels: labelsSchema,
  annotations: annotationsSchema,
  nodeSelector: labelsSchema,
  tolerations: z.array(z.custom<k8s.Toleration>((value) => typeof value === 'object')).default([]),
  affinity: z.custom<k8s.Affinity>((value) => typeof value === 'object').exactOptional(),
  /** Secrets to pull the image with. */
  imagePullSecrets: z.array(objectNameSchema).default([]),
});

/** Options of the controller of inference runs. */
export const inferenceRunsOptionsSchema = z.strictObject({
  /** Namespace of the controller. */
  namespace: dnsLabel.default('kserve-controller-system'),
  /** Name of the installation, and start of the names of all its objects: `fullname` of upstream's chart. */
  name: dnsLabel.max(40).default('kserve-controller'),
  /** One works at a time, the others stand by. From 2 on: a PodDisruptionBudget, spread over nodes and zones. */
  replicas: z.int().min(1).max(5).default(1),
  /**
   * Whose runs are worked on: those of the controller's namespace, as upstream's chart has it, of the namespaces that are listed, or of
   * all. A Role in each of them; for all of them a ClusterRole.
   */
  watch: z.union([z.enum(['own-namespace', 'all']), z.array(dnsLabel).min(1)]).default('own-namespace'),
  runners: runnersSchema.prefault({}),
  /** Configuration of the controller; what is left out has the controller's default. */
  settings: inferenceRunsConfigSchema
    .omit({ watchNamespaces: true, runnerServiceAccount: true, runnerImage: true })
    .prefault({}),
  /** Renders the settings that upstream has variables for as these variables, all others into the file. */
  upstreamVariables: z.boolean().default(false),
  /** More environment variables: a proxy, LOG_LEVEL. Those that an option stands for are refused. No place for anything secret. */
  variables: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected a variable'), z.string()).default({}),
  /** Annotations of the controller's ServiceAccount. */
  serviceAccountAnnotations: annotationsSchema,
  pod: podSchema.prefault({}),
  /** Renders the notebooks of storage kind `krateo`, where Krateo's FinOps components bring the kind. Absent: none. */
  notebooks: z.strictObject({ namespace: dnsLabel.default(krateoNamespace) }).exactOptional(),
  /** Renders a ServiceMonitor, alerts and a dashboard; the cluster needs the CRDs of the Prometheus operator. */
  monitor: z.boolean().default(false),
  /** Changes what `monitor` renders. */
  monitoring: monitoringOptionsSchema.prefault({}),
  /** How metrics are served: over HTTPS to those who may get `/metrics`, or over plain HTTP to anybody. */
  metrics: metricsSchema.default('https'),
  /** Certificate of the metrics port; absent: made by the pod when it starts, which Prometheus can't check. */
  metricsCertificate: metricsCertificateSchema.exactOptional(),
  /** Traffic of controller and runners that is allowed; absent: no NetworkPolicy. */
  networkPolicy: networkPolicySchema.exactOptional(),
  /** Upstream sets none. */
  resources: resourcesSchema({ cpu: '20m', memory: '96Mi', limit: '192Mi' }),
});

/** Options with every default applied. */
export type InferenceRunsOptions = z.output<typeof inferenceRunsOptionsSchema>;
