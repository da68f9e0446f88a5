import * as z from 'zod';
import { parseConfig } from '../../definitions/config/parse-config';
import { catalogSchema } from '../catalog/options';
import { gitopsSchema } from '../gitops/options';
import { imagesSchema } from '../images';
import { dnsLabel } from '../kubernetes/dns-label';
import { inferenceRunsOptionsSchema } from '../inference-runs/options';
import { labelsSchema } from '../kubernetes/label-schema';
import { registrySchema } from '../registry/options';
import { registryUiSchema } from '../registry-ui/options';
import { registrySyncOptionsSchema } from '../registry-sync/options';
import { servingOptionsSchema } from '../serving/options';
import { servingRuntimesSchema } from '../serving-runtimes/options';
import { storageInitializerSchema } from '../storage-initializer/options';

const environmentSchema = z.strictObject({
  /** Folder below `dist/`. */
  name: dnsLabel,
  /** Namespaces that the environment brings; none: they are there already. */
  namespaces: z
    .array(
      z.strictObject({
        name: dnsLabel,
        /** Labels of the namespace, by which policies, webhooks and meshes tell it from others. */
        labels: labelsSchema,
        podSecurity: z.enum(['restricted', 'baseline', 'privileged']).default('restricted'),
        /** Whether pods may talk to nobody unless a component's policy says so. */
        defaultDeny: z.boolean().default(false),
      }),
    )
    .default([]),
  /**
   * Priority of all pods of the platform, made by the environment: when nodes are full, workloads of users give way. Absent: the
   * cluster's default.
   */
  priorityClass: z
    .strictObject({ name: dnsLabel, value: z.int().min(1).max(1_000_000_000).default(1_000_000) })
    .exactOptional(),
  images: imagesSchema.prefault({}),
  /** Whether it brings the CRDs of our kinds; once in a cluster. */
  crds: z.boolean().default(true),
  /** A registry outside the cluster, made known by a Service. */
  externalRegistry: z.strictObject({ namespace: dnsLabel.default('kubeflow'), address: z.url() }).exactOptional(),
  /** Model Registries in the cluster. */
  registries: z.array(registrySchema).default([]),
  registryUi: registryUiSchema.exactOptional(),
  catalog: catalogSchema.exactOptional(),
  /** Storage initializer for `model-registry://` and other URIs, once in a cluster. */
  storageInitializer: storageInitializerSchema.exactOptional(),
  /** The serving controller, once in a cluster; absent: KServe's own, or none. */
  serving: servingOptionsSchema.exactOptional(),
  /** Model servers; absent: KServe's own installation brings them. */
  servingRuntimes: servingRuntimesSchema.exactOptional(),
  registrySync: registrySyncOptionsSchema.exactOptional(),
  /** The controller of InferenceConfigs and InferenceRuns. */
  inferenceRuns: inferenceRunsOptionsSchema.exactOptional(),
  /** Objects by which Argo CD or Flux install the environment. */
  gitops: gitopsSchema.exactOptional(),
});

/** One cluster's choice of components and options, with every default applied. */
export type Environment = z.output<typeof environmentSchema>;

/**
 * Checks an environment as its file writes it.
 *
 * @throws ConfigError naming the option, the value got and the values allowed
 */
export function environment(written: z.input<typeof environmentSchema>): Environment {
  return readEnvironment(written, `environment ${written.name}`);
}

/**
 * Checks an environment that comes from outside of the program.
 *
 * @param source named first in the message
 * @throws ConfigError naming the option, the value got and the values allowed
 */
export function readEnvironment(written: unknown, source: string): Environment {
  return parseConfig(environmentSchema, written, source);
}
