import type { V1Volume, V1VolumeMount } from '@kubernetes/client-node';

/** Volumes of a pod and where its container has them. */
export interface PodVolumes {
  readonly volumes: readonly V1Volume[];
  readonly mounts: readonly V1VolumeMount[];
}
