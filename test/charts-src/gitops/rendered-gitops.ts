import * as z from 'zod';
import { environment, type Environment } from '../../../charts-src/environments/environment';
import { type RenderedComponent, renderEnvironment } from '../../../charts-src/output/render-environment';

const application = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({
    project: z.string(),
    source: z.looseObject({
      repoURL: z.string(),
      path: z.string(),
      directory: z.looseObject({ include: z.string() }),
    }),
    destination: z.looseObject({ server: z.string(), namespace: z.string() }),
    ignoreDifferences: z.array(z.looseObject({ kind: z.string(), jqPathExpressions: z.array(z.string()) })).default([]),
    syncPolicy: z.looseObject({ syncOptions: z.array(z.string()) }),
  }),
});

const kustomization = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    path: z.string(),
    prune: z.boolean(),
    wait: z.boolean().default(false),
    deletionPolicy: z.string().exactOptional(),
    dependsOn: z.array(z.strictObject({ name: z.string() })).default([]),
    healthCheckExprs: z.array(z.looseObject({ kind: z.string() })).default([]),
    sourceRef: z.strictObject({ kind: z.string(), name: z.string() }),
  }),
});

export type Application = z.output<typeof application>;

/** GitOps objects as an environment renders them, beside everything else. */
export function gitopsOf(rendered: Environment) {
  const components = renderEnvironment(rendered);
  const gitops = components.filter(({ directory }) => directory.startsWith('gitops-'));
  const manifests = gitops.flatMap((component) => component.manifests);
  return {
    /** Components that GitOps tools install. */
    components: components.filter((component) => !gitops.includes(component)) as readonly RenderedComponent[],
    gitops,
    manifests,
    applications: manifests.filter(({ kind }) => kind === 'Application').map((found) => application.parse(found)),
    projects: manifests.filter(({ kind }) => kind === 'AppProject'),
    kustomizations: manifests.filter(({ kind }) => kind === 'Kustomization').map((found) => kustomization.parse(found)),
  };
}

type Gitops = NonNullable<Parameters<typeof environment>[0]['gitops']>;

/** A small environment with these GitOps options. */
export function withGitops(
  gitops: Partial<Gitops>,
  more: Partial<Parameters<typeof environment>[0]> = {},
): Environment {
  return environment({
    name: 'mine',
    namespaces: [{ name: 'kubeflow' }],
    registrySync: {},
    ...more,
    gitops: { repository: 'https://git.example.com/platform.git', ...gitops },
  });
}
