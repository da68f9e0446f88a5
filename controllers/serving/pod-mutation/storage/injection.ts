import type { InferenceServiceConfig } from '../../../../definitions/config/inference-service-config';
import { servingAnnotations } from '../../../../definitions/names/serving';
import type { StorageReference } from '../credentials/storage-spec-access';
import type { PodSurroundings } from '../surroundings';

/** Settings of the platform that decide how model files get into a pod. */
export type StorageInjectionSettings = Pick<InferenceServiceConfig, 'storageInitializer' | 'credentials'>;

/** The pod that model files are put into, and what is known of it. */
export interface StorageInjection {
  readonly namespace: string;
  readonly managerNamespace: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Storage whose entry has the credentials; absent: the pod's ServiceAccount has them. */
  readonly storage?: StorageReference;
  /** ClusterStorageContainer that the user asks for. */
  readonly storageContainerName?: string;
  readonly settings: StorageInjectionSettings;
  readonly surroundings: PodSurroundings;
}

/** Whether serving containers may not change the model's files. */
export function isReadOnly(annotations: Readonly<Record<string, string>>): boolean {
  return annotations[servingAnnotations.readOnly] !== 'false';
}
