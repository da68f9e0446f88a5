import { type Field, under } from './field-paths';
import { containerFields, placementFields } from './pod-fields';

const runtimePodFields: readonly Field[] = [
  ['containers[0].name', 'kserve-container'],
  ...under('containers[0]', containerFields),
  ...placementFields,
  ['labels', { a: 'b' }],
  ['annotations', { 'prometheus.kserve.io/port': '8080' }],
];

/** Every field of a ServingRuntime or ClusterServingRuntime by the tables of the KServe API, written down by hand. */
export const servingRuntimeFields: readonly Field[] = under(
  'spec',
  [
    ['supportedModelFormats[0].name', 'sklearn'],
    ['supportedModelFormats[0].version', '1'],
    ['supportedModelFormats[0].autoSelect', true],
    ['supportedModelFormats[0].priority', 1],
    ['multiModel', false],
    ['disabled', false],
    ['protocolVersions', ['v1', 'grpc-v2']],
    ['grpcEndpoint', 'port:8085'],
    ['grpcDataEndpoint', 'port:8001'],
    ['httpDataEndpoint', 'port:8000'],
    ['replicas', 65535],
    ['storageHelper.disabled', true],
    ['builtInAdapter.serverType', 'triton'],
    ['builtInAdapter.runtimeManagementPort', 8001],
    ['builtInAdapter.memBufferBytes', 4_294_967_296],
    ['builtInAdapter.modelLoadingTimeoutMillis', 90000],
    ['builtInAdapter.env[0].name', 'A'],
    ['builtInAdapter.env[0].value', 'b'],
    ['workerSpec.pipelineParallelSize', 2],
    ['workerSpec.tensorParallelSize', 1],
  ],
  runtimePodFields,
  under('workerSpec', runtimePodFields),
);

/** Every field of a ClusterStorageContainer by the tables of the KServe API, written down by hand. */
export const clusterStorageContainerFields: readonly Field[] = [
  ['disabled', true],
  ['spec.container.name', 'storage-initializer'],
  ...under('spec.container', containerFields),
  ['spec.supportedUriFormats[0].prefix', 'model-registry://'],
  ['spec.supportedUriFormats[1].regex', 'https://(.+?).blob.core.windows.net/(.+)'],
  ['spec.workloadType', 'localModelDownloadJob'],
  ['spec.supportsMultiModelDownload', true],
];
