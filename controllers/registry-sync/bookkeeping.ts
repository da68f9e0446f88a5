import * as z from 'zod';
import type { RegistrySyncConfig } from '../../definitions/config/registry-sync';
import type { InferenceService } from '../../definitions/serving/inference-service';
import { withoutFinalizer } from '../runtime/finalizers';

/**
 * Where the record of an InferenceService is, remembered in an annotation: it outlives the labels, which users edit.
 * Users can write it too, so it never earns a registry our token.
 */
export interface Bookkeeping {
  /** Base URL of the registry. */
  readonly registry: string;
  /** Id of the record there. */
  readonly id: string;
}

const bookkeepingSchema = z.object({ registry: z.string().min(1), id: z.string().regex(/^[0-9]+$/) });

/** Reads the annotation; anything we did not write counts as absent. */
export function readBookkeeping(
  inferenceService: InferenceService,
  config: RegistrySyncConfig,
): Bookkeeping | undefined {
  const text = inferenceService.metadata.annotations?.[config.keys.recordAnnotation];
  if (text === undefined) return undefined;
  try {
    return bookkeepingSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A JSON merge patch of metadata; `null` removes a key. */
export interface MetadataPatch {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string | null>>;
    readonly annotations?: Readonly<Record<string, string | null>>;
    readonly finalizers?: readonly string[];
    /** Refuses the patch when the object has changed: needed where the patch replaces a whole list. */
    readonly resourceVersion?: string;
  };
}

/** Patch that writes label and annotation for a record, or nothing when both are right. */
export function bookkeepingPatch(
  inferenceService: InferenceService,
  bookkeeping: Bookkeeping,
  config: RegistrySyncConfig,
): MetadataPatch | undefined {
  const { labels = {}, annotations = {} } = inferenceService.metadata;
  const { inferenceServiceIdLabel, recordAnnotation } = config.keys;
  const value = JSON.stringify({ registry: bookkeeping.registry, id: bookkeeping.id });
  const label =
    labels[inferenceServiceIdLabel] === bookkeeping.id ? {} : { labels: { [inferenceServiceIdLabel]: bookkeeping.id } };
  const annotation = annotations[recordAnnotation] === value ? {} : { annotations: { [recordAnnotation]: value } };
  const metadata = { ...label, ...annotation };
  return Object.keys(metadata).length === 0 ? undefined : { metadata };
}

/** Patch that lets the object go: drops our finalizer and, on an object that lives on, what we remembered. */
export function releasePatch(inferenceService: InferenceService, config: RegistrySyncConfig): MetadataPatch {
  const { deletionTimestamp, annotations = {} } = inferenceService.metadata;
  const { finalizer, recordAnnotation } = config.keys;
  const { metadata } = withoutFinalizer(inferenceService, finalizer);
  const forget = deletionTimestamp === undefined && recordAnnotation in annotations;
  return { metadata: { ...metadata, ...(forget ? { annotations: { [recordAnnotation]: null } } : {}) } };
}
