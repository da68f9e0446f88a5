import { Construct } from 'constructs';
import { allDefinitions } from '../../definitions/kinds';
import { AppProject, type AppProjectSpec } from '../../imports/argoproj.io';
import { gitopsNames, waveAnnotation } from './names';
import type { ArgoCdOptions, GitopsOptions } from './options';
import { kindsOf, type ComponentContent } from './component-content';

export interface ArgoProjectsProps {
  readonly environment: string;
  readonly gitops: GitopsOptions;
  readonly argoCd: ArgoCdOptions;
  readonly components: readonly ComponentContent[];
}

/** What may come from where and go where. */
interface Limits {
  readonly description: string;
  readonly namespaces: readonly string[];
  readonly kinds: readonly {
    readonly group: string;
    readonly kind: string;
    readonly scope: 'Cluster' | 'Namespaced';
  }[];
}

/**
 * Projects that let in what the environment renders and nothing else: a file that somebody smuggles into the repository
 * can't bring a kind, or get into a namespace, that the platform has no business with.
 */
export class ArgoProjects extends Construct {
  constructor(scope: Construct, id: string, { environment, gitops, argoCd, components }: ArgoProjectsProps) {
    super(scope, id);
    const { platform, root, workloads } = gitopsNames(environment);
    const limits = new Map<string, Limits>([
      [
        platform,
        {
          description: `Slipway, environment ${environment}`,
          namespaces: components.flatMap(({ namespaces }) => namespaces),
          kinds: kindsOf(components),
        },
      ],
      [
        root,
        {
          description: `Applications of Slipway, environment ${environment}`,
          namespaces: [argoCd.namespace],
          kinds: ['AppProject', 'Application', 'ApplicationSet'].map((kind) => ({
            group: 'argoproj.io',
            kind,
            scope: 'Namespaced',
          })),
        },
      ],
    ]);
    if (gitops.workloads.length > 0) {
      limits.set(workloads, {
        description: `Models on Slipway, environment ${environment}`,
        namespaces: gitops.workloads.map(({ namespace }) => namespace),
        kinds: allDefinitions.filter((definition) => definition.scope === 'Namespaced'),
      });
    }
    for (const [name, limit] of limits) {
      new AppProject(this, name, {
        metadata: { name, namespace: argoCd.namespace, annotations },
        spec: projectSpec(gitops, argoCd, limit),
      });
    }
  }
}

/** A project is there before the Applications that name it, and stays: without it Argo CD refuses to touch them. */
const annotations = { [waveAnnotation]: '-1', 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' };

function projectSpec({ repository }: GitopsOptions, { server }: ArgoCdOptions, limits: Limits): AppProjectSpec {
  const { description, namespaces, kinds } = limits;
  const permitted = (scope: 'Cluster' | 'Namespaced') =>
    kinds.flatMap(({ group, kind, scope: itsScope }) => (itsScope === scope ? [{ group, kind }] : []));
  const [cluster, namespaced] = [permitted('Cluster'), permitted('Namespaced')];
  return {
    description,
    sourceRepos: [repository],
    destinations: [...new Set(namespaces)].sort().map((namespace) => ({ server, namespace })),
    ...(cluster.length === 0 ? {} : { clusterResourceWhitelist: cluster }),
    ...(namespaced.length === 0 ? {} : { namespaceResourceWhitelist: namespaced }),
  };
}
