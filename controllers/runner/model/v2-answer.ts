import * as z from 'zod';
import { tensorDatatypes } from '../../../definitions/inference/model-endpoint';
import type { JsonValue } from '../json';

const parameters = z.record(z.string(), z.custom<JsonValue>());

/** A tensor of an answer. `data` is looked at when it is cut: it has millions of values. */
const tensor = z.looseObject({
  name: z.string(),
  datatype: z.enum(tensorDatatypes),
  shape: z.array(z.int().min(0)),
  parameters: parameters.nullish(),
  data: z.custom<readonly JsonValue[]>(Array.isArray).exactOptional(),
});

/** Answer of an inference call of the Open Inference Protocol. */
export const inferAnswer = z.looseObject({
  model_name: z.string().nullish(),
  model_version: z.string().nullish(),
  parameters: parameters.nullish(),
  outputs: z.array(tensor).min(1),
});
export type InferAnswer = z.infer<typeof inferAnswer>;
export type AnswerTensor = z.infer<typeof tensor>;

/** What a model says about a tensor; a datatype that the protocol does not know (`TYPE_CUSTOM`) is as if none was said. */
const metadataTensor = z.looseObject({
  name: z.string(),
  datatype: z.enum(tensorDatatypes).optional().catch(undefined),
  shape: z.array(z.coerce.number().int().min(-1)).optional().catch(undefined),
});

/** What a model says about itself. KServe's own servers leave the lists out, or null. */
export const modelMetadata = z.looseObject({
  name: z.string().nullish(),
  inputs: z.array(metadataTensor).nullish(),
  outputs: z.array(metadataTensor).nullish(),
});
export type ModelMetadata = z.infer<typeof modelMetadata>;
