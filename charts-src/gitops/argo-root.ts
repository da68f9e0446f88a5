import { Construct } from 'constructs';
import { Application } from '../../imports/argoproj.io';
import { applicationSpec } from './application';
import { gitopsDirectories, gitopsNames } from './names';
import type { ArgoCdOptions, GitopsOptions } from './options';

export interface ArgoRootProps {
  readonly environment: string;
  readonly gitops: GitopsOptions;
  readonly argoCd: ArgoCdOptions;
}

/**
 * The Application of the Applications, itself included: applied by hand once, it follows the repository from then on. Without
 * a finalizer, so that deleting it leaves the platform alone.
 */
export class ArgoRoot extends Construct {
  constructor(scope: Construct, id: string, { environment, gitops, argoCd }: ArgoRootProps) {
    super(scope, id);
    const { root } = gitopsNames(environment);
    const folders = [gitopsDirectories.argoCd, gitopsDirectories.argoCdApplications];
    new Application(this, 'Application', {
      metadata: {
        name: root,
        namespace: argoCd.namespace,
        annotations: { 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' },
      },
      spec: applicationSpec({
        project: root,
        gitops,
        argoCd,
        path: `${gitops.path}/${environment}`,
        include: `{${folders.map((folder) => `${folder}/${folder}.yaml`).join(',')}}`,
        namespace: argoCd.namespace,
        ignored: [],
        foreignKinds: false,
      }),
    });
  }
}
