import { Construct } from 'constructs';
import { GitRepository, OciRepository, OciRepositorySpecVerifyProvider } from '../../imports/source.toolkit.fluxcd.io';
import type { FluxOptions, GitopsOptions } from './options';

export interface FluxSourceProps {
  readonly name: string;
  readonly environment: string;
  readonly gitops: GitopsOptions;
  readonly flux: FluxOptions;
}

/** Where Flux takes the manifests from: the Git repository, or the artifact that was pushed from it. */
export class FluxSource extends Construct {
  constructor(scope: Construct, id: string, { name, environment, gitops, flux }: FluxSourceProps) {
    super(scope, id);
    const { interval, secret, namespace, oci } = flux;
    const metadata = { name, namespace };
    const access = { interval, ...(secret === undefined ? {} : { secretRef: { name: secret } }) };
    if (oci === undefined) {
      const { repository, revision, revisionKind, path, workloads } = gitops;
      new GitRepository(this, 'Git', {
        metadata,
        spec: {
          ...access,
          url: repository,
          ref: { [revisionKind]: revision },
          // The sources of a platform are of no use in a cluster.
          sparseCheckout: [`${path}/${environment}`, ...workloads.map((workload) => workload.path)],
        },
      });
      return;
    }
    const { url, tag, signedBy } = oci;
    new OciRepository(this, 'Artifact', {
      metadata,
      spec: {
        ...access,
        url,
        ref: { tag },
        ...(signedBy === undefined
          ? {}
          : { verify: { provider: OciRepositorySpecVerifyProvider.COSIGN, matchOidcIdentity: [signedBy] } }),
      },
    });
  }
}
