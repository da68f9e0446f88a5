import type {
  V1ContainerResizePolicy,
  V1ContainerRestartRule,
  V1EnvFromSource,
  V1EnvVarSource,
  V1Lifecycle,
  V1Probe,
  V1SecurityContext,
} from '@kubernetes/client-node';
import * as z from 'zod';
import { island } from '../schema/island';
import { atomicList, keyedList } from '../schema/list';
import { resourceRequirements } from './resource-requirements';

/** An environment variable of a container. */
export const envVar = z.strictObject({
  name: z.string().describe('Name of the variable.'),
  value: z.string().describe('Value; $(NAME) is replaced by variables defined before.').exactOptional(),
  valueFrom: island<V1EnvVarSource>()
    .describe('Source of the value instead: Secret, ConfigMap or field.')
    .exactOptional(),
});

const containerPort = z.strictObject({
  containerPort: z.int().min(1).max(65_535).describe('Port that the container listens on.'),
  name: z
    .string()
    .describe('Name that Services refer to. For Knative the protocol: h2c for gRPC, http1 for HTTP.')
    .exactOptional(),
  protocol: z.string().describe('TCP, UDP or SCTP.').default('TCP'),
  hostIP: z.string().describe('Address of the node to bind.').exactOptional(),
  hostPort: z.int().min(0).max(65_535).describe('Port of the node to open.').exactOptional(),
});

export const volumeMount = z.strictObject({
  name: z.string().describe('Name of the volume.'),
  mountPath: z.string().describe('Absolute path in the container.'),
  subPath: z.string().describe('Path in the volume to mount. Defaults to its root.').exactOptional(),
  subPathExpr: z.string().describe('Like subPath, with $(NAME) replaced by variables.').exactOptional(),
  readOnly: z.boolean().describe('Whether writes are refused. Defaults to false.').exactOptional(),
  recursiveReadOnly: z.string().describe('Read-only for nested mounts: Disabled, IfPossible, Enabled.').exactOptional(),
  mountPropagation: z.string().describe('None, HostToContainer or Bidirectional.').exactOptional(),
});

const volumeDevice = z.strictObject({
  devicePath: z.string().describe('Path of the device in the container.'),
  name: z.string().describe('Name of a block volume claim of the pod.'),
});

/** Members of a container besides its name, which some places require and others forbid. */
export const containerShape = {
  image: z.string().describe('Image to run.').exactOptional(),
  imagePullPolicy: z.string().describe('Always, IfNotPresent or Never.').exactOptional(),
  command: atomicList(z.string()).describe('Entrypoint; the image’s if absent.').exactOptional(),
  args: atomicList(z.string()).describe('Arguments of the entrypoint; the image’s if absent.').exactOptional(),
  workingDir: z.string().describe('Working directory; the image’s if absent.').exactOptional(),
  env: keyedList(envVar, 'name').describe('Environment variables.').exactOptional(),
  envFrom: atomicList(island<V1EnvFromSource>())
    .describe('Secrets and ConfigMaps whose keys become environment variables.')
    .exactOptional(),
  ports: keyedList(containerPort, 'containerPort', 'protocol').describe('Ports the container serves.').exactOptional(),
  resources: resourceRequirements.describe('Compute resources.').exactOptional(),
  volumeMounts: keyedList(volumeMount, 'mountPath').describe('Volumes mounted as directories.').exactOptional(),
  volumeDevices: keyedList(volumeDevice, 'devicePath').describe('Volumes attached as block devices.').exactOptional(),
  livenessProbe: island<V1Probe>().describe('Check whose failure restarts the container.').exactOptional(),
  readinessProbe: island<V1Probe>().describe('Check whose failure takes the pod out of its Services.').exactOptional(),
  startupProbe: island<V1Probe>().describe('Check that holds the other probes back until it passes.').exactOptional(),
  lifecycle: island<V1Lifecycle>().describe('Handlers after start and before stop.').exactOptional(),
  securityContext: island<V1SecurityContext>().describe('User, privileges and capabilities.').exactOptional(),
  resizePolicy: atomicList(island<V1ContainerResizePolicy>())
    .describe('Whether changing a resource restarts the container.')
    .exactOptional(),
  restartPolicy: z.string().describe('Always makes an init container a sidecar.').exactOptional(),
  restartPolicyRules: atomicList(island<V1ContainerRestartRule>())
    .describe('Exit codes that restart the container or not.')
    .exactOptional(),
  stdin: z.boolean().describe('Whether to keep standard input open.').exactOptional(),
  stdinOnce: z.boolean().describe('Whether to close standard input after the first client.').exactOptional(),
  tty: z.boolean().describe('Whether to allocate a terminal.').exactOptional(),
  terminationMessagePath: z.string().describe('File with the message of the last exit.').exactOptional(),
  terminationMessagePolicy: z.string().describe('File or FallbackToLogsOnError.').exactOptional(),
} as const;

/** A container of a pod. */
export const container = z.strictObject({
  name: z.string().describe('Name, unique in the pod.'),
  ...containerShape,
});
