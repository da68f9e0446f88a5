import * as z from 'zod';
import { containerShape } from '../kubernetes/container';
import { storageSpec } from './storage-spec';

const confidential = z.strictObject({
  enabled: z.boolean().describe('Whether the model files are encrypted.'),
  resourceId: z.string().describe('Key of the files: kbs:///<repository>/<type>/<tag>.').exactOptional(),
});

/** What `model` and the legacy framework members have in common: a source of files and a container. */
const predictorExtensionShape = {
  storageUri: z.string().describe('Address of the model files, for example s3://bucket/model.').exactOptional(),
  storage: storageSpec.describe('Model files in a registered storage, instead of storageUri.').exactOptional(),
  runtimeVersion: z.string().describe('Tag that replaces the one of the runtime’s image.').exactOptional(),
  protocolVersion: z
    .string()
    .describe('Inference protocol the server speaks: v1, v2, grpc-v1 or grpc-v2.')
    .exactOptional(),
  confidential: confidential.describe('Decryption of the model files.').exactOptional(),
  // KServe refuses a name here at admission, but Go clients always send `name: ""`.
  name: z.string().describe('Not to be set: the container is always kserve-container.').exactOptional(),
  ...containerShape,
} as const;

/** A model and the container that overlays the runtime's. */
export const modelSpec = z.strictObject({
  modelFormat: z
    .strictObject({
      name: z.string().describe('Name of the format, for example sklearn, onnx or huggingface.'),
      version: z.string().describe('Version of the format; any if absent.').exactOptional(),
    })
    .describe('Format of the model; selects the runtime.')
    .exactOptional(),
  runtime: z
    .string()
    .describe('Name of the ServingRuntime or ClusterServingRuntime; chosen by format if absent.')
    .exactOptional(),
  ...predictorExtensionShape,
});

/** A legacy framework member of a predictor (`sklearn: {...}`): what `model` holds, less the format and the runtime. */
export const predictorExtension = z.strictObject(predictorExtensionShape);
export type PredictorExtension = z.infer<typeof predictorExtension>;
