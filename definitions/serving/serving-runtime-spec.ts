import * as z from 'zod';
import { container, envVar } from '../kubernetes/container';
import { podPlacementShape } from '../kubernetes/pod-spec';
import { stringMap } from '../kubernetes/string-map';
import { atomicList, keyedList } from '../schema/list';
import type { PrinterColumn } from '../schema/resource-definition';
import { parallelismShape } from './worker-spec';

const supportedModelFormat = z.strictObject({
  name: z.string().describe('Name of the format, for example sklearn.'),
  version: z.string().describe('Version of the format; any if absent.').exactOptional(),
  autoSelect: z
    .boolean()
    .describe('Whether services that name no runtime may get this one for the format. Defaults to false.')
    .exactOptional(),
  priority: z
    .int32()
    .min(1)
    .describe('Decides between runtimes with autoSelect for the same format: the greatest wins.')
    .exactOptional(),
});

const runtimePodShape = {
  containers: keyedList(container, 'name').describe('Containers; kserve-container is the model server.'),
  ...podPlacementShape,
  labels: stringMap.describe('Labels of the pods.').exactOptional(),
  annotations: stringMap.describe('Annotations of the pods.').exactOptional(),
} as const;

const builtInAdapter = z.strictObject({
  serverType: z.string().describe('Model server to adapt: triton, mlserver, ovms or torchserve.').exactOptional(),
  runtimeManagementPort: z.int().min(0).max(65_535).describe('Port of the server’s model management.').exactOptional(),
  memBufferBytes: z.int().min(0).describe('Memory kept free, in bytes.').exactOptional(),
  modelLoadingTimeoutMillis: z.int().min(0).describe('Milliseconds until loading is given up.').exactOptional(),
  env: keyedList(envVar, 'name').describe('Environment variables of the adapter.').exactOptional(),
});

/** Members that only ModelMesh reads: carried and ignored. */
const modelMeshShape = {
  grpcEndpoint: z.string().describe('ModelMesh only: endpoint of model management.').exactOptional(),
  grpcDataEndpoint: z.string().describe('ModelMesh only: endpoint of gRPC inference.').exactOptional(),
  httpDataEndpoint: z.string().describe('ModelMesh only: endpoint of HTTP inference.').exactOptional(),
  replicas: z.int().min(0).max(65_535).describe('ModelMesh only: pods of the runtime.').exactOptional(),
  storageHelper: z
    .strictObject({ disabled: z.boolean().describe('Whether the helper is left out.').exactOptional() })
    .describe('ModelMesh only: container that fetches files.')
    .exactOptional(),
  builtInAdapter: builtInAdapter.describe('ModelMesh only: adapter of a known server.').exactOptional(),
} as const;

const servingRuntimeSpec = z.strictObject({
  supportedModelFormats: atomicList(supportedModelFormat).describe('Formats the server can load.').exactOptional(),
  multiModel: z
    .boolean()
    .describe('Whether one server holds many models (ModelMesh). Defaults to false.')
    .exactOptional(),
  disabled: z.boolean().describe('Whether services may not use the runtime. Defaults to false.').exactOptional(),
  protocolVersions: atomicList(z.string())
    .describe('Protocols the server speaks: v1, v2, grpc-v1, grpc-v2; all if empty.')
    .exactOptional(),
  workerSpec: z
    .strictObject({ ...parallelismShape, ...runtimePodShape })
    .describe('Worker pods; their presence makes this a multi-node runtime.')
    .exactOptional(),
  ...runtimePodShape,
  ...modelMeshShape,
});

/** Members of a ServingRuntime and of a ClusterServingRuntime. */
export const servingRuntimeSchema = z.strictObject({
  spec: servingRuntimeSpec.describe('Formats, protocols and the pod that serves them.'),
  status: z.strictObject({}).describe('Empty: runtimes have no status.').exactOptional(),
});

/** Spec of a ServingRuntime or ClusterServingRuntime as stored: CRD defaults are applied. */
export type ServingRuntimeSpec = z.infer<typeof servingRuntimeSpec>;

/** Columns of both kinds in `kubectl get`. */
export const servingRuntimeColumns: readonly PrinterColumn[] = [
  { name: 'Disabled', type: 'boolean', jsonPath: '.spec.disabled' },
  { name: 'ModelType', type: 'string', jsonPath: '.spec.supportedModelFormats[*].name' },
  { name: 'Containers', type: 'string', jsonPath: '.spec.containers[*].name' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];
