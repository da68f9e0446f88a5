import type { V1Pod } from '@kubernetes/client-node';
import { gkeAcceleratorLabel, gpuResources, servingAnnotations } from '../../../definitions/names/serving';

/** The resource whose nodes GKE labels with the accelerator. */
const [nvidiaGpu] = gpuResources;

/** Has a pod with an NVIDIA GPU run on nodes with the accelerator that its annotation names. */
export function selectGkeAccelerator(pod: V1Pod): V1Pod {
  const accelerator = pod.metadata?.annotations?.[servingAnnotations.gkeAccelerator];
  const { spec } = pod;
  if (accelerator === undefined || spec === undefined) return pod;
  if (!spec.containers.some(({ resources }) => resources?.limits?.[nvidiaGpu] !== undefined)) return pod;
  return { ...pod, spec: { ...spec, nodeSelector: { ...spec.nodeSelector, [gkeAcceleratorLabel]: accelerator } } };
}
