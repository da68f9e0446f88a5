import type { RegistrySyncConfig } from '../../definitions/config/registry-sync';
import type { InferenceService } from '../../definitions/serving/inference-service';

/** What the labels and annotations of an InferenceService say about its registry record. */
export interface Link {
  /** Id of the registered model; absent when the label is absent, empty or not a number. */
  readonly registeredModelId?: string;
  readonly modelVersionId?: string;
  /** Id of the record, from the label that we or the user wrote. */
  readonly recordId?: string;
  /** Registry named by the user; all absent: the only one in `registryNamespace`. */
  readonly registryName?: string;
  readonly registryNamespace: string;
  readonly registryUrl?: string;
  /** Id of a record of somebody else that the user takes over on purpose. */
  readonly adoptedRecordId?: string;
  /** Ids that are not numbers, as `key=value`, to tell the user. */
  readonly invalidIds: readonly string[];
}

/** Reads the link. Empty values count as absent: `kubectl label key=` leaves one behind. */
export function readLink(inferenceService: InferenceService, config: RegistrySyncConfig): Link {
  const { keys } = config;
  const labels = inferenceService.metadata.labels ?? {};
  const text = (value: string | undefined) => (value?.trim() === '' ? undefined : value?.trim());
  const invalidIds: string[] = [];
  const id = (key: string, values: Readonly<Record<string, string>> = labels) => {
    const value = text(values[key]);
    if (value === undefined || /^[0-9]+$/.test(value)) return value;
    invalidIds.push(`${key}=${value}`);
    return undefined;
  };
  return withoutUndefined({
    registeredModelId: id(keys.registeredModelIdLabel),
    modelVersionId: id(keys.modelVersionIdLabel),
    recordId: id(keys.inferenceServiceIdLabel),
    registryName: text(labels[keys.nameLabel]),
    registryNamespace: text(labels[keys.namespaceLabel]) ?? config.registriesNamespace,
    registryUrl: text(inferenceService.metadata.annotations?.[keys.urlAnnotation]),
    adoptedRecordId: id(keys.adoptAnnotation, inferenceService.metadata.annotations),
    invalidIds,
  });
}

/** Whether the user asks for a record: names a model, or a record to adopt. */
export function isLinked(link: Link): boolean {
  return [link.registeredModelId, link.recordId, link.adoptedRecordId].some((id) => id !== undefined);
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Drops members that are undefined, as exactOptionalPropertyTypes asks. */
function withoutUndefined<T extends object>(object: T): Present<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Present<T>;
}
