import { nodePath, programPath } from '../../definitions/names/controller';
import type { Architecture } from './architecture';
import { caBundle } from './debian-root';
import type { Layer } from './layer';
import { home, user } from './nonroot-user';

/** What a container runs before its arguments: a component and its flags. */
const entrypoint: readonly string[] = [nodePath, programPath];

/** What the image says about itself. */
export interface ImageFacts {
  readonly architecture: Architecture;
  readonly version: string;
  /** Seconds since the epoch that the image claims to be made at. */
  readonly epoch: number;
  /** Lowest first. */
  readonly layers: readonly Layer[];
}

/** The OCI image configuration. */
export function imageConfig({ architecture, version, epoch, layers }: ImageFacts): object {
  const created = new Date(epoch * 1000).toISOString();
  return {
    created,
    architecture,
    os: 'linux',
    config: {
      User: `${user.id}:${user.id}`,
      Env: ['PATH=/usr/bin:/nodejs/bin', `SSL_CERT_FILE=${caBundle}`],
      Entrypoint: entrypoint,
      WorkingDir: home,
      Labels: {
        'org.opencontainers.image.title': 'slipway',
        'org.opencontainers.image.description': 'Controllers for model serving on Kubernetes',
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.licenses': 'Apache-2.0',
      },
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffSha256 }) => `sha256:${diffSha256}`) },
    history: layers.map(({ contents }) => ({ created, created_by: 'slipway npm run image', comment: contents })),
  };
}
