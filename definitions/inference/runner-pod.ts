import type {
  V1Affinity,
  V1EnvFromSource,
  V1PodSecurityContext,
  V1SecurityContext,
  V1Toleration,
  V1Volume,
} from '@kubernetes/client-node';
import * as z from 'zod';
import { envVar, volumeMount } from '../kubernetes/container';
import { resourceRequirements } from '../kubernetes/resource-requirements';
import { stringMap } from '../kubernetes/string-map';
import { atomicMap } from '../schema/extensions';
import { island, keyedIsland } from '../schema/island';
import { atomicList, keyedList } from '../schema/list';

/** Settings of the pods that run the runner. Defaults are the controller's: they depend on the image. */
export const runnerPod = z.strictObject({
  serviceAccountName: z
    .string()
    .describe('ServiceAccount of the pod. Defaults to the controller’s SA_RUNNER, else to default.')
    .exactOptional(),
  imagePullPolicy: z
    .enum(['Always', 'IfNotPresent', 'Never'])
    .describe('Defaults to Always, IfNotPresent for an image with digest.')
    .exactOptional(),
  backoffLimit: z
    .int()
    .min(0)
    .max(100)
    .describe('Failed pods before an attempt has failed. Defaults to 6.')
    .exactOptional(),
  podFailurePolicy: z
    .enum(['standard', 'none'])
    .describe('Whether exit codes decide if a pod is tried again. Defaults to standard.')
    .exactOptional(),
  terminationGracePeriodSeconds: z
    .int()
    .min(0)
    .describe('Seconds a runner has to save its state when it is stopped. Defaults to 30.')
    .exactOptional(),
  ttlSecondsAfterFinished: z
    .int()
    .min(0)
    .describe('Seconds after which a finished Job goes, its run stays. Never if absent.')
    .exactOptional(),
  resources: resourceRequirements.describe('Compute resources of the runner.').exactOptional(),
  env: keyedList(envVar, 'name').describe('More environment variables.').exactOptional(),
  envFrom: atomicList(island<V1EnvFromSource>())
    .describe('Secrets and ConfigMaps whose keys become environment variables.')
    .exactOptional(),
  volumes: keyedList(keyedIsland<V1Volume>({ name: 'Name that volumeMounts refer to.' }), 'name')
    .describe('More volumes of the pod.')
    .exactOptional(),
  volumeMounts: keyedList(volumeMount, 'mountPath').describe('Where more volumes are mounted.').exactOptional(),
  nodeSelector: atomicMap(stringMap).describe('Labels a node must carry.').exactOptional(),
  tolerations: atomicList(island<V1Toleration>()).describe('Taints of nodes that are accepted.').exactOptional(),
  affinity: island<V1Affinity>().describe('Nodes and pods to be near to or away from.').exactOptional(),
  priorityClassName: z.string().describe('Priority of the pod.').exactOptional(),
  runtimeClassName: z.string().describe('Container runtime of the pod.').exactOptional(),
  securityContext: island<V1SecurityContext>().describe('Security settings of the container.').exactOptional(),
  podSecurityContext: island<V1PodSecurityContext>().describe('Security settings of the pod.').exactOptional(),
  podLabels: stringMap.describe('More labels of the pod.').exactOptional(),
  podAnnotations: stringMap.describe('Annotations of the pod.').exactOptional(),
  mountEndpoints: z
    .boolean()
    .describe('Whether Secrets that endpointRef and credentialsRef name are mounted. Defaults to true.')
    .exactOptional(),
});
export type RunnerPod = z.infer<typeof runnerPod>;
