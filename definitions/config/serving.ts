import * as z from 'zod';

/** File with the settings of the serving process, mounted into its pod. What users change lives in `inferenceservice-config`. */
export const servingConfigFile = 'serving.yaml';

/** TLS versions that the webhook server can be told to insist on, by upstream's names. */
export const tlsVersions = ['VersionTLS12', 'VersionTLS13'] as const;

const certificate = z.discriminatedUnion('from', [
  z.strictObject({
    /** Made and renewed by somebody else, cert-manager for example, and mounted. */
    from: z.literal('files'),
    /** Directory of `tls.crt` and `tls.key`; they are read again when they change. */
    directory: z.string().min(1).default('/tmp/k8s-webhook-server/serving-certs'),
  }),
  z.strictObject({
    /** Made and renewed by the controllers themselves, which write the CA into the webhook configurations. */
    from: z.literal('self-managed'),
    /** Secret in the controller's namespace that holds CA and certificate for all replicas. */
    secret: z.string().min(1).default('kserve-webhook-server-cert'),
    /** Service in the controller's namespace that the API server calls. */
    service: z.string().min(1).default('kserve-webhook-server-service'),
    /** Further names and IP addresses in the certificate. */
    hosts: z.array(z.string().min(1)).default([]),
    /** Hours until a certificate ends; a new one is made after two thirds of them. */
    validHours: z.int().min(1).max(87_600).default(8_760),
  }),
]);

/** Configuration of the serving process: rendered by the constructs, parsed at start. */
export const servingConfigSchema = z.strictObject({
  /** InferenceServices worked on at the same time. */
  workers: z.int().min(1).max(64).default(16),
  /** DNS domain of the cluster, for `service.namespace.svc.<domain>`; absent: what the pod's resolv.conf says. */
  clusterDomain: z.string().min(1).exactOptional(),
  webhooks: z
    .strictObject({
      /** Off: objects are taken as they come; only for clusters whose webhooks another control plane serves. */
      enabled: z.boolean().default(true),
      /** @default 9443; the flag --webhook-port wins */
      port: z.int().min(0).max(65_535).default(9443),
      tlsMinVersion: z.enum(tlsVersions).default('VersionTLS12'),
      certificate: certificate.prefault({ from: 'self-managed' }),
    })
    .prefault({}),
});

/** Configuration with every default applied. */
export type ServingConfig = z.output<typeof servingConfigSchema>;

/** Configuration as constructs write it. */
export type ServingSettings = z.input<typeof servingConfigSchema>;
