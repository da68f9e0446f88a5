import type {
  V1Affinity,
  V1EphemeralContainer,
  V1HostAlias,
  V1PodDNSConfig,
  V1PodOS,
  V1PodReadinessGate,
  V1PodResourceClaim,
  V1PodSchedulingGate,
  V1PodSecurityContext,
  V1Toleration,
  V1TopologySpreadConstraint,
  V1Volume,
} from '@kubernetes/client-node';
import * as z from 'zod';
import { atomicMap } from '../schema/extensions';
import { island, keyedIsland } from '../schema/island';
import { atomicList, keyedList } from '../schema/list';
import { container } from './container';
import { quantity } from './quantity';
import { resourceRequirements } from './resource-requirements';
import { stringMap } from './string-map';

const named = z.strictObject({ name: z.string().describe('Name of the Secret.').default('') });

/** Where a pod may run and what it is given there: the part of a pod that runtimes may set too. */
export const podPlacementShape = {
  volumes: keyedList(keyedIsland<V1Volume>({ name: 'Name that volumeMounts refer to.' }), 'name')
    .describe('Volumes of the pod.')
    .exactOptional(),
  nodeSelector: atomicMap(stringMap).describe('Labels a node must carry.').exactOptional(),
  affinity: island<V1Affinity>().describe('Nodes and pods to be near to or away from.').exactOptional(),
  tolerations: atomicList(island<V1Toleration>()).describe('Taints of nodes that are accepted.').exactOptional(),
  imagePullSecrets: keyedList(atomicMap(named), 'name')
    .describe('Secrets in the same namespace with credentials of image registries.')
    .exactOptional(),
  hostIPC: z.boolean().describe('Whether to share the node’s IPC namespace.').exactOptional(),
  schedulerName: z.string().describe('Scheduler that places the pod.').exactOptional(),
  resourceClaims: keyedList(keyedIsland<V1PodResourceClaim>({ name: 'Name that containers refer to.' }), 'name')
    .describe('Devices that are allocated before the pod starts.')
    .exactOptional(),
} as const;

/** Containers that may be added to a running pod; upstream has them in worker pods and canaries only. */
export const ephemeralContainersShape = {
  ephemeralContainers: keyedList(keyedIsland<V1EphemeralContainer>({ name: 'Name, unique in the pod.' }), 'name')
    .describe('Debugging containers of a running pod.')
    .exactOptional(),
} as const;

/**
 * Members of core/v1 PodSpec as KServe inlines them in its components. Nothing is required, `containers` neither: they
 * come from the runtime.
 */
export const podSpecShape = {
  ...podPlacementShape,
  containers: keyedList(container, 'name')
    .describe('Containers of the pod. kserve-container serves the model; others run beside it.')
    .exactOptional(),
  initContainers: keyedList(container, 'name').describe('Containers that run before the others.').exactOptional(),
  serviceAccountName: z
    .string()
    .describe('ServiceAccount of the pod; its Secrets hold the credentials of model storage.')
    .exactOptional(),
  serviceAccount: z.string().describe('Old name of serviceAccountName.').exactOptional(),
  automountServiceAccountToken: z.boolean().describe('Whether to mount the ServiceAccount’s token.').exactOptional(),
  securityContext: island<V1PodSecurityContext>()
    .describe('User, groups and profiles of all containers.')
    .exactOptional(),
  terminationGracePeriodSeconds: z.int().min(0).describe('Seconds between stop signal and kill.').exactOptional(),
  activeDeadlineSeconds: z.int().min(0).describe('Seconds after which the pod is ended.').exactOptional(),
  priorityClassName: z.string().describe('Importance when resources are short.').exactOptional(),
  priority: z.int32().describe('Number behind priorityClassName, set by the API server.').exactOptional(),
  preemptionPolicy: z.string().describe('Whether lower pods give way: PreemptLowerPriority, Never.').exactOptional(),
  topologySpreadConstraints: keyedList(
    keyedIsland<V1TopologySpreadConstraint>({
      topologyKey: 'Label of nodes that names their domain.',
      whenUnsatisfiable: 'DoNotSchedule or ScheduleAnyway.',
    }),
    'topologyKey',
    'whenUnsatisfiable',
  )
    .describe('How replicas spread over nodes and zones.')
    .exactOptional(),
  runtimeClassName: z.string().describe('Container runtime, for example kata.').exactOptional(),
  restartPolicy: z.string().describe('Always, OnFailure or Never.').exactOptional(),
  resources: resourceRequirements.describe('Compute resources of the pod as a whole.').exactOptional(),
  overhead: z.record(z.string(), quantity).describe('Resources that the runtime class itself takes.').exactOptional(),
  dnsPolicy: z.string().describe('ClusterFirst, ClusterFirstWithHostNet, Default or None.').exactOptional(),
  dnsConfig: island<V1PodDNSConfig>().describe('DNS servers, search domains and options.').exactOptional(),
  hostAliases: keyedList(keyedIsland<V1HostAlias>({ ip: 'Address of the names.' }), 'ip')
    .describe('Additional lines of /etc/hosts.')
    .exactOptional(),
  hostname: z.string().describe('Host name of the pod.').exactOptional(),
  hostnameOverride: z.string().describe('Host name that the containers see, instead of the pod’s.').exactOptional(),
  subdomain: z.string().describe('Headless Service that gives the pod a DNS name.').exactOptional(),
  setHostnameAsFQDN: z.boolean().describe('Whether the host name is the full DNS name.').exactOptional(),
  hostNetwork: z.boolean().describe('Whether to use the node’s network.').exactOptional(),
  hostPID: z.boolean().describe('Whether to see the node’s processes.').exactOptional(),
  hostUsers: z.boolean().describe('Whether to use the node’s user ids; false maps them.').exactOptional(),
  shareProcessNamespace: z.boolean().describe('Whether containers see each other’s processes.').exactOptional(),
  enableServiceLinks: z.boolean().describe('Whether Services become environment variables.').exactOptional(),
  nodeName: z.string().describe('Node to run on, without the scheduler.').exactOptional(),
  os: island<V1PodOS>().describe('Operating system of the containers.').exactOptional(),
  readinessGates: atomicList(island<V1PodReadinessGate>())
    .describe('Conditions that must be true before the pod is ready.')
    .exactOptional(),
  schedulingGates: keyedList(keyedIsland<V1PodSchedulingGate>({ name: 'Name of the gate.' }), 'name')
    .describe('Gates that hold scheduling back until they are removed.')
    .exactOptional(),
} as const;
