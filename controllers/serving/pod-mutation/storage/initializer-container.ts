import type { V1Container, V1EnvVar } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../../definitions/config/inference-service-config';
import { containerNames } from '../../../../definitions/names/serving';

type StorageSettings = InferenceServiceConfig['storageInitializer'];

/** Image when the platform names none. */
const defaultImage = 'kserve/storage-initializer:latest';

/** A URI, and the directory that its files go to. */
export interface StorageSource {
  readonly uri: string;
  readonly path: string;
}

/** The container that fetches the sources, as the platform's settings have it. */
export function initializerContainer(sources: readonly StorageSource[], settings: StorageSettings): V1Container {
  return {
    name: containerNames.storageInitializer,
    image: settings.image === '' ? defaultImage : settings.image,
    args: sources.flatMap(({ uri, path }) => [uri, path]),
    terminationMessagePolicy: 'FallbackToLogsOnError',
    resources: {
      requests: { cpu: settings.cpuRequest, memory: settings.memoryRequest },
      limits: { cpu: settings.cpuLimit, memory: settings.memoryLimit },
    },
  };
}

/** What clients of the Hugging Face hub are fast with; images of KServe read them. */
export const huggingFaceVariables: readonly V1EnvVar[] = [
  { name: 'HF_HUB_ENABLE_HF_TRANSFER', value: '1' },
  { name: 'HF_XET_HIGH_PERFORMANCE', value: '1' },
  { name: 'HF_XET_NUM_CONCURRENT_RANGE_GETS', value: '8' },
];
