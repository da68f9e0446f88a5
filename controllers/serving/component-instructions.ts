import { internalAnnotations, storageSchemePlaceholder } from '../../definitions/names/serving';
import type { Model } from './runtimes/choose-runtime';
import type { ComponentExtension } from './component-plan';

/** Annotations that tell the pod webhook to add the logger. */
export function loggerInstructions(logger: ComponentExtension['logger']): Record<string, string> {
  if (logger === undefined) {
    return {};
  }
  const { url, mode = '', metadataHeaders, metadataAnnotations } = logger;
  return {
    [internalAnnotations.logger]: 'true',
    ...(url !== undefined && { [internalAnnotations.loggerSinkUrl]: url }),
    [internalAnnotations.loggerMode]: mode,
    ...(metadataHeaders && { [internalAnnotations.loggerMetadataHeaders]: metadataHeaders.join(',') }),
    ...(metadataAnnotations && { [internalAnnotations.loggerMetadataAnnotations]: metadataAnnotations.join(',') }),
  };
}

/** Annotations that tell the pod webhook to add the batcher. */
export function batcherInstructions(batcher: ComponentExtension['batcher']): Record<string, string> {
  if (batcher === undefined) {
    return {};
  }
  const { maxBatchSize, maxLatency } = batcher;
  return {
    [internalAnnotations.batcher]: 'true',
    ...(maxBatchSize !== undefined && { [internalAnnotations.batcherMaxBatchSize]: String(maxBatchSize) }),
    ...(maxLatency !== undefined && { [internalAnnotations.batcherMaxLatency]: String(maxLatency) }),
  };
}

/** Annotations that tell the pod webhook to take the model from a registered storage, whose scheme is not known here. */
export function storageSpecInstructions(storage: Model['storage']): Record<string, string> {
  if (storage === undefined) {
    return {};
  }
  const { parameters, key, path } = storage;
  return {
    [internalAnnotations.storageSpec]: 'true',
    ...(parameters && { [internalAnnotations.storageSpecParameters]: JSON.stringify(sorted(parameters)) }),
    ...(key !== undefined && { [internalAnnotations.storageSpecKey]: key }),
    ...(path !== undefined && {
      [internalAnnotations.storageSourceUri]: `${storageSchemePlaceholder}://${path.replace(/^\//, '')}`,
    }),
  };
}

/** Go writes maps in the order of their keys; the annotation must not change with the order of a user's manifest. */
function sorted(parameters: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Annotations that tell the pod webhook where an encrypted model's key is. */
export function confidentialInstructions(confidential: Model['confidential']): Record<string, string> {
  return confidential?.enabled === true
    ? {
        [internalAnnotations.confidentialEnabled]: 'true',
        [internalAnnotations.confidentialResourceId]: confidential.resourceId ?? '',
      }
    : {};
}
