import * as z from 'zod';
import { environment } from '../../../charts-src/environments/environment';
import type { Manifest } from '../../../charts-src/kubernetes/manifest';
import { renderEnvironment } from '../../../charts-src/output/render-environment';
import type { TestCluster } from '../../cluster/test-cluster';
import { runToEnd } from '../registry-sync/controller-process';

/** The Secret that the Job generates, as rendered for a registry with MySQL. */
export const secretName = 'model-registry-db-mysql-secrets';

/** Keys that the Job is told to make. */
export const secretKeys = ['username', 'password', 'admin-password'] as const;

const jobSchema = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        serviceAccountName: z.string(),
        containers: z.tuple([z.object({ command: z.array(z.string()), args: z.array(z.string()) })]),
      }),
    }),
  }),
});

const storedSecretSchema = z.object({
  type: z.string(),
  data: z.record(z.string(), z.string()).default({}),
  metadata: z.object({ resourceVersion: z.string() }),
});

/** How the program of a Job's pod ended. */
export interface PodEnd {
  readonly code: string;
  readonly output: string;
}

/** A namespace with all that is rendered for a registry whose database has generated credentials. */
export class GeneratorJob {
  private constructor(
    private readonly cluster: TestCluster,
    readonly namespace: string,
    private readonly program: string,
    private readonly account: { readonly directory: string; readonly username: string },
  ) {}

  /** Renders and applies it, with the Secret's generator or, to begin with, without it. */
  static async install(cluster: TestCluster, program: string): Promise<GeneratorJob> {
    const namespace = await cluster.namespace('generator');
    await sync(cluster, renderedRegistry(namespace));
    const account = await cluster.serviceAccount(namespace, `${secretName}-generator`);
    return new GeneratorJob(cluster, namespace, program, account);
  }

  /** Name of the Job's ServiceAccount in the audit log. */
  get user(): string {
    return this.account.username;
  }

  /** Applies everything again, as a GitOps tool does. */
  async sync(options: { readonly tag?: string } = {}): Promise<void> {
    await sync(this.cluster, renderedRegistry(this.namespace, options));
  }

  /** What the Job's container is told, as the API server has it. */
  async args(): Promise<readonly string[]> {
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: this.named(`${secretName}-generator`) };
    const { serviceAccountName, containers } = jobSchema.parse(await this.cluster.get(job)).spec.template.spec;
    if (!this.user.endsWith(`:${serviceAccountName}`)) throw new Error(`the pod works as ${serviceAccountName}`);
    return containers[0].args;
  }

  /** Runs the pod's program with its arguments and a token of its ServiceAccount. */
  async run({
    args,
    server = this.cluster.url,
    env = {},
  }: {
    readonly args?: readonly string[];
    readonly server?: string;
    readonly env?: Readonly<Record<string, string>>;
  } = {}): Promise<PodEnd> {
    const { hostname, port } = new URL(server);
    return runToEnd(this.program, args ?? (await this.args()), {
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      SLIPWAY_SERVICE_ACCOUNT_DIRECTORY: this.account.directory,
      ...env,
    });
  }

  /** Reference of the Secret. */
  get secret() {
    return { apiVersion: 'v1', kind: 'Secret', metadata: this.named(secretName) };
  }

  /** The Secret as it is stored, undefined when it is not there. */
  async stored() {
    const found = await this.cluster.find(this.secret);
    return found === undefined ? undefined : storedSecretSchema.parse(found);
  }

  /** What the Secret holds, decoded. */
  async content(): Promise<Readonly<Record<string, string>>> {
    const { data = {} } = (await this.stored()) ?? {};
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
  }

  private named(name: string) {
    return { name, namespace: this.namespace };
  }
}

function renderedRegistry(namespace: string, { tag }: { readonly tag?: string } = {}): readonly Manifest[] {
  const components = renderEnvironment(
    environment({
      name: 'test',
      crds: false,
      registries: [{ namespace, database: { engine: 'mysql' } }],
      ...(tag === undefined ? {} : { images: { slipway: { tag } } }),
    }),
  );
  return components.flatMap(({ manifests }) => manifests);
}

/** Jobs are replaced, as Argo CD's BeforeHookCreation and Flux's force do; the rest is applied. */
async function sync(cluster: TestCluster, manifests: readonly Manifest[]): Promise<void> {
  for (const manifest of manifests) {
    if (manifest.kind === 'Job') await cluster.remove(manifest);
    await cluster.apply(manifest, { fieldManager: 'gitops' });
  }
}
