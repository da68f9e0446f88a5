import type { V1PodSecurityContext, V1SecurityContext } from '@kubernetes/client-node';
import { imageUser } from '../../definitions/names/controller';

/** What our runner's container needs: nothing. */
export const runnerSecurityContext: V1SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

/**
 * What our runner's pod needs.
 *
 * @param writesVolume the group of the image's user gets the volume: a fresh one belongs to root
 */
export function runnerPodSecurityContext(writesVolume: boolean): V1PodSecurityContext {
  return {
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
    ...(writesVolume && { fsGroup: imageUser, fsGroupChangePolicy: 'OnRootMismatch' }),
  };
}
