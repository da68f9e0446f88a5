import { inferenceProtocols } from '../../../definitions/names/serving';
import type { PredictorExtension } from '../../../definitions/serving/model';
import { environmentNames, variableNamed } from './environment';
import { isGpuEnabled } from './gpu-resources';
import type { Implementation } from './implementations';
import type { Refusal } from './verdict';

/** Storages that a registered storage may be. */
const registeredStorages = ['s3', 'hdfs', 'webhdfs'] as const;
const registeredPrefixes = registeredStorages.map((storage) => `${storage}://`);

/** Protocols that a server of the user's own may say it speaks. */
const customProtocols = inferenceProtocols.slice(0, 2);

/** Members of a component beside its implementations, as upstream's messages list them. */
const alternatives = {
  PredictorSpec:
    'Name, SKLearn, XGBoost, Tensorflow, PyTorch, Triton, ONNX, HuggingFace, PMML, LightGBM, Paddle, Model, ' +
    'StorageUris, StorageContainerName, WorkerSpec, PodSpec',
  TransformerSpec: 'PodSpec, ComponentExtensionSpec',
  ExplainerSpec: 'ART, PodSpec, ComponentExtensionSpec',
} as const;
export type ComponentType = keyof typeof alternatives;

/** Refuses a component that runs nothing, or several things at once; then what its implementation refuses. */
export function refusedImplementations(type: ComponentType, implementations: readonly Implementation[]): Refusal {
  const [implementation, ...others] = implementations;
  if (implementation === undefined || others.length > 0) {
    return `exactly one of [${alternatives[type]}] must be specified in ${type}`;
  }
  return refusedImplementation(type, implementation);
}

function refusedImplementation(type: ComponentType, implementation: Implementation): Refusal {
  switch (implementation.kind) {
    case 'onnx':
      return refusedOnnxFile(implementation.extension) ?? refusedStorage(implementation.extension);
    case 'tensorflow':
      return refusedGpuImage(implementation.extension, 'Tensorflow', '') ?? refusedStorage(implementation.extension);
    case 'pytorch':
      // Upstream's text ends with a space.
      return refusedGpuImage(implementation.extension, 'PyTorch', '. ') ?? refusedStorage(implementation.extension);
    case 'huggingface':
    case 'pmml':
    case 'art':
      return refusedStorage(implementation.extension);
    case 'custom':
      return type === 'PredictorSpec' ? refusedProtocol(implementation.containers[0] ?? {}) : undefined;
    default:
      return undefined;
  }
}

function refusedOnnxFile({ storageUri = '' }: PredictorExtension): Refusal {
  const file = storageUri.slice(storageUri.lastIndexOf('/') + 1);
  const dot = file.lastIndexOf('.');
  const extension = dot < 0 ? '' : file.slice(dot);
  if (extension === '' || extension === '.onnx') return undefined;
  return `expected storageUri file extension: '.onnx' but got '${extension}'`;
}

function refusedGpuImage(extension: PredictorExtension, framework: string, end: string): Refusal {
  const { runtimeVersion } = extension;
  if (runtimeVersion === undefined) return undefined;
  const [gpuImage, gpu] = [runtimeVersion.includes('-gpu'), isGpuEnabled(extension)];
  if (gpu && !gpuImage) return `${framework} RuntimeVersion is not GPU enabled but GPU resources are requested${end}`;
  if (gpuImage && !gpu) return `${framework} RuntimeVersion is GPU enabled but GPU resources are not requested${end}`;
  return undefined;
}

function refusedStorage({ storage, storageUri }: Pick<PredictorExtension, 'storage' | 'storageUri'>): Refusal {
  if (storage === undefined) return undefined;
  if (storageUri !== undefined) {
    if (registeredPrefixes.some((prefix) => storageUri.startsWith(prefix))) return undefined;
    return (
      `storageUri, must be one of: [${registeredPrefixes.join(', ')}] or match ` +
      'https://{}.blob.core.windows.net/{}/{} or be an absolute or relative local path. ' +
      `StorageUri [${storageUri}] is not supported`
    );
  }
  const type = storage.parameters?.['type'];
  if (type === undefined || registeredStorages.some((storageType) => storageType === type)) return undefined;
  const allowed = registeredPrefixes.join(', ');
  return `storage.spec.type, must be one of: [${allowed}]. storage.spec.type [${type}] is not supported`;
}

function refusedProtocol(container: Parameters<typeof variableNamed>[0]): Refusal {
  const protocol = variableNamed(container, environmentNames.protocol);
  if (protocol === undefined || customProtocols.some((known) => known === protocol)) return undefined;
  // Upstream has the two the wrong way round, and users match the text.
  return `invalid protocol ${customProtocols.join(', ')}. Must be one of [${protocol}]`;
}
