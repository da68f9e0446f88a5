import * as z from 'zod';

const namespaceName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'not a namespace name');

const serviceAccountName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'not a name of a ServiceAccount');

/**
 * Configuration of the controller of inference runs: rendered by the constructs into a ConfigMap, parsed at start. Upstream's environment
 * variables and flags override single values (definitions/config/inference-runs-variables.ts).
 */
export const inferenceRunsConfigSchema = z.strictObject({
  /** Namespaces whose runs and configs are worked on; empty: all. */
  watchNamespaces: z.array(namespaceName).max(500).default([]),
  /** Seconds after which a run is looked at although nothing happened: a safety net, changes are watched. */
  pollingSeconds: z.number().min(1).max(604_800).default(300),
  /** Runs worked on at the same time. */
  workers: z.int().min(1).max(256).default(1),
  /** Reconciles that may start in a second, all workers together. */
  reconcilesPerSecond: z.number().min(0.1).max(10_000).default(20),
  /** ServiceAccount of runners whose config names none, in the namespace of the run; absent: the namespace's `default`. */
  runnerServiceAccount: serviceAccountName.exactOptional(),
  /** Image of runners whose config names none; absent: such a config is invalid. */
  runnerImage: z.string().min(1).exactOptional(),
  /** Whether runs may use configs of any other namespace; off: only of those whose configs allow it by annotation. */
  allowCrossNamespaceConfig: z.boolean().default(false),
  /** Whether configs may name an InferenceService for its address. Off where KServe's CRDs are not installed. */
  inferenceServices: z.boolean().default(true),
});

/** Configuration with every default applied. */
export type InferenceRunsConfig = z.output<typeof inferenceRunsConfigSchema>;

/** Configuration as a user writes it: everything optional. */
export type InferenceRunsSettings = z.input<typeof inferenceRunsConfigSchema>;

/** File name of the configuration in its ConfigMap and below the configuration directory. */
export const inferenceRunsConfigFile = 'inference-runs.yaml';
