import * as z from 'zod';

/**
 * What the Model Registry answers, as far as we read it. Answers come from outside (the server, or a proxy before it),
 * so they are parsed; members we don't name are ignored.
 */

/** Ids are decimal strings on the wire; an answer without one can't be used. */
const id = z.string().regex(/^[0-9]+$/, 'not a numeric id');

/** A tagged custom property value; kept whole, because the server replaces the map on PATCH. */
const metadataValue = z.looseObject({ metadataType: z.string().optional() });

const customPropertiesSchema = z.record(z.string(), metadataValue);
export type CustomProperties = z.output<typeof customPropertiesSchema>;

export type DesiredState = 'DEPLOYED' | 'UNDEPLOYED';

export const servingEnvironmentSchema = z.object({
  id,
  name: z.string().optional(),
  description: z.string().nullish(),
});
export type ServingEnvironment = z.output<typeof servingEnvironmentSchema>;

export const inferenceServiceRecordSchema = z.object({
  id,
  /** Absent only in answers of partial servers; then the identity of the record can't be checked. */
  name: z.string().optional(),
  servingEnvironmentId: z.string().optional(),
  registeredModelId: z.string().optional(),
  modelVersionId: z.string().optional(),
  runtime: z.string().optional(),
  desiredState: z.string().optional(),
  customProperties: customPropertiesSchema.nullish().transform((properties) => properties ?? {}),
});
/** An InferenceService entity of the registry; called record, to tell it from the Kubernetes object. */
export type InferenceServiceRecord = z.output<typeof inferenceServiceRecordSchema>;

/** State of a model or a version; a server that does not say it has no archive. */
const state = z.string().nullish();

/** Milliseconds since the epoch, a decimal string on the wire. */
const time = z
  .string()
  .nullish()
  .transform((text) => Number(text ?? 0) || 0);

/** A registered model; absent members only in answers of partial servers. */
export const registeredModelSchema = z.object({ id, name: z.string().optional(), state });
export type RegisteredModel = z.output<typeof registeredModelSchema>;

/** A version, and the model it belongs to; absent members only in answers of partial servers. */
export const modelVersionSchema = z.object({
  id,
  name: z.string().optional(),
  registeredModelId: z.string().optional(),
  state,
  createTimeSinceEpoch: time,
});
export type ModelVersion = z.output<typeof modelVersionSchema>;

/** An artifact of a version: where the files of a model are, for one of type `model-artifact`. */
export const artifactSchema = z.object({
  id,
  name: z.string().nullish(),
  artifactType: z.string().optional(),
  uri: z.string().nullish(),
  state,
  /** Key of an entry of KServe's storage secret. */
  storageKey: z.string().nullish(),
  /** Path below what that entry names. */
  storagePath: z.string().nullish(),
  createTimeSinceEpoch: time,
  customProperties: customPropertiesSchema.nullish().transform((properties) => properties ?? {}),
});
export type Artifact = z.output<typeof artifactSchema>;

/** One page of a list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item).nullish(), nextPageToken: z.string().nullish() });

/** Body of an error answer; proxies send anything else. */
export const errorBodySchema = z.object({ message: z.string() });
