import type { ApplicationSpec } from '../../imports/argoproj.io';
import type { Delivery } from './delivery';
import type { ArgoCdOptions, GitopsOptions } from './options';
import type { ComponentContent } from './component-content';
import { type IgnoredFields, writtenByOthers } from './written-by-others';

/** Groups that every API server has: no definition has to be there first. */
const builtIn = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apps',
  'autoscaling',
  'batch',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

/** Sync options of everything, each with what goes wrong without it. */
const syncOptions = [
  // Objects larger than an annotation; fields of other managers stay theirs.
  'ServerSideApply=true',
  // Without it a sync writes the fields that were ignored when comparing.
  'RespectIgnoreDifferences=true',
  // What a new version no longer has goes after the new one works.
  'PruneLast=true',
  // Two Applications with one object would take it from each other for ever.
  'FailOnSharedResource=true',
  'ApplyOutOfSyncOnly=true',
  // Namespaces are objects of ours, with their Pod security standard.
  'CreateNamespace=false',
];

/** What an Application does with one folder of the repository. */
export interface ApplicationProps {
  readonly project: string;
  readonly gitops: GitopsOptions;
  readonly argoCd: ArgoCdOptions;
  /** Folder in the repository, files of it to take, namespace for what names none. */
  readonly path: string;
  readonly include: string;
  readonly namespace: string;
  readonly ignored: readonly IgnoredFields[];
  /** Whether definitions of its kinds come from somewhere else and may be missing while it is compared. */
  readonly foreignKinds: boolean;
}

/** Specification of an Application. */
export function applicationSpec(props: ApplicationProps): ApplicationSpec {
  const { project, gitops, argoCd, path, include, namespace, ignored, foreignKinds } = props;
  return {
    project,
    source: {
      repoUrl: gitops.repository,
      targetRevision: gitops.revision,
      path,
      // Our folders have a kustomization beside the objects; reading the file itself spares a run of kustomize.
      directory: { include, ...(include.includes('/') ? { recurse: true } : {}) },
    },
    destination: { server: argoCd.server, namespace },
    ...(ignored.length === 0
      ? {}
      : {
          ignoreDifferences: ignored.map(({ group, kind, jqPathExpressions }) => ({
            group,
            kind,
            jqPathExpressions: [...jqPathExpressions],
          })),
        }),
    revisionHistoryLimit: 10,
    syncPolicy: {
      ...(argoCd.automated ? { automated: { prune: true, selfHeal: true } } : {}),
      syncOptions: [...syncOptions, ...(foreignKinds ? ['SkipDryRunOnMissingResource=true'] : [])],
      // Webhooks and definitions of others come up within minutes; whoever waits longer needs a person.
      retry: { limit: 10, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
    },
  };
}

/** The properties of {@link applicationSpec} that follow from a delivery. */
export function deliveryProps({ path, name, namespace, component }: Delivery) {
  return component === undefined
    ? { path, namespace, include: '*.yaml', ignored: [], foreignKinds: true }
    : {
        path,
        namespace,
        include: `${name}.yaml`,
        ignored: writtenByOthers(component),
        foreignKinds: hasForeignKinds(component),
      };
}

function hasForeignKinds({ kinds }: ComponentContent): boolean {
  return kinds.some(({ group }) => !builtIn.has(group));
}
