import * as z from 'zod';
import { dnsLabel } from '../kubernetes/dns-label';
import { objectNameSchema } from '../kubernetes/secret-ref';

const duration = z.string().regex(/^([0-9]+(s|m|h))+$/, 'expected a duration such as 10m or 1h30m');
const folder = z
  .string()
  .regex(
    /^(?!.*(^|\/)\.\.?(\/|$))[-._a-zA-Z0-9]+(\/[-._a-zA-Z0-9]+)*$/,
    'expected a folder of the repository, such as dist',
  );

/** Objects for Argo CD. */
const argoCdSchema = z.strictObject({
  /** Where Argo CD runs. */
  namespace: dnsLabel.default('argocd'),
  /** API server of the cluster to install into, as Argo CD knows it. */
  server: z.url().default('https://kubernetes.default.svc'),
  /**
   * `applications`: one Application per component, with waves. `application-set`: one ApplicationSet that makes them; its order
   * needs progressive syncs, which Argo CD's ApplicationSet controller has to be started with.
   */
  form: z.enum(['applications', 'application-set']).default('applications'),
  /** Whether changes in the repository and in the cluster are acted on without being asked. */
  automated: z.boolean().default(true),
});

/** Objects for Flux. */
const fluxSchema = z.strictObject({
  /** Where Flux runs. */
  namespace: dnsLabel.default('flux-system'),
  /** An OCI artifact with the content of `path`, in place of the Git repository. */
  oci: z
    .strictObject({
      url: z.string().regex(/^oci:\/\/[a-z0-9.-]+(:[0-9]+)?(\/[-._a-z0-9]+)+$/, 'expected oci://REGISTRY/REPOSITORY'),
      tag: z
        .string()
        .regex(/^[A-Za-z0-9_][-._A-Za-z0-9]{0,127}$/, 'expected a tag')
        .default('latest'),
      /** Who must have signed the artifact with cosign, keyless: regular expressions of issuer and subject. */
      signedBy: z.strictObject({ issuer: z.string().min(1), subject: z.string().min(1) }).exactOptional(),
    })
    .exactOptional(),
  /** Secret in Flux's namespace with credentials for the source; absent: the source is public. */
  secret: objectNameSchema.exactOptional(),
  /** ServiceAccount in Flux's namespace that Flux acts as; absent: Flux's own rights. */
  serviceAccount: objectNameSchema.exactOptional(),
  /** How often the source is looked at and the cluster put right. */
  interval: duration.default('10m'),
  /** How long after a failure it is tried again. */
  retryInterval: duration.default('1m'),
  /** How long a component may take to become healthy. */
  timeout: duration.default('10m'),
});

/** Delivery of an environment by a GitOps tool. */
export const gitopsSchema = z
  .strictObject({
    /** Git repository that holds the rendered manifests. */
    repository: z.url({ protocol: /^(https|ssh)$/, error: 'expected an https or ssh URL of a Git repository' }),
    /** Branch, tag or commit of it. */
    revision: z
      .string()
      .regex(/^[-._/a-zA-Z0-9]{1,200}$/, 'expected a branch, a tag or a commit')
      .default('main'),
    /** What the revision is. Flux asks for it, Argo CD finds out by itself. */
    revisionKind: z.enum(['branch', 'tag', 'commit']).default('branch'),
    /** Folder of the repository that the environments are rendered into. */
    path: folder.default('dist'),
    /**
     * Asks an InferenceService for condition Ready to be True for its current generation. Without it the check agrees with the
     * one that Argo CD brings along.
     */
    strictHealth: z.boolean().default(false),
    /** Folders of the repository with InferenceServices and ServingRuntimes of a team, installed after the platform. */
    workloads: z.array(z.strictObject({ name: dnsLabel, path: folder, namespace: dnsLabel })).default([]),
    argoCd: argoCdSchema.exactOptional(),
    flux: fluxSchema.exactOptional(),
  })
  .refine(
    ({ flux, path, workloads }) => flux?.oci === undefined || workloads.every((one) => one.path.startsWith(`${path}/`)),
    {
      path: ['workloads'],
      error: 'expected folders below path, since the artifact has no others',
    },
  );

/** Options with every default applied. */
export type GitopsOptions = z.output<typeof gitopsSchema>;
export type ArgoCdOptions = z.output<typeof argoCdSchema>;
export type FluxOptions = z.output<typeof fluxSchema>;
