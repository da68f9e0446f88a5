import * as z from 'zod';
import { ephemeralContainersShape, podSpecShape } from '../kubernetes/pod-spec';
import { withRules } from '../schema/extensions';
import { island } from '../schema/island';
import { componentExtensionShape, replicaBounds } from './component-extension';
import { modelSpec } from './model';
import type { PredictorExtension } from './model';
import { storageUris } from './storage-uris';
import { parallelismShape } from './worker-spec';

const workerSpec = z.strictObject({ ...parallelismShape, ...podSpecShape, ...ephemeralContainersShape });

/** One schema of the full form takes 6 KB in the CustomResourceDefinition: ten of them are islands. */
const legacyFramework = (title: string) =>
  island<PredictorExtension>()
    .describe(`Old form of model for ${title}; admission moves it there. Members as in model.`)
    .exactOptional();

const predictorShape = {
  name: z
    .string()
    .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'must start with a letter and hold lower case letters, digits and -')
    .describe('Distinguishes predictors of one service: children are named <service>-<name>-predictor.')
    .exactOptional(),
  model: modelSpec.describe('Model to serve by a runtime.').exactOptional(),
  sklearn: legacyFramework('scikit-learn'),
  xgboost: legacyFramework('XGBoost'),
  tensorflow: legacyFramework('TensorFlow'),
  pytorch: legacyFramework('PyTorch'),
  triton: legacyFramework('NVIDIA Triton'),
  onnx: legacyFramework('ONNX'),
  huggingface: legacyFramework('Hugging Face'),
  pmml: legacyFramework('PMML'),
  lightgbm: legacyFramework('LightGBM'),
  paddle: legacyFramework('Paddle'),
  storageUris: storageUris.describe('Several sources of model files, instead of storageUri.').exactOptional(),
  storageContainerName: z
    .string()
    .describe('Name of the ClusterStorageContainer that fetches the files; chosen by URI if absent.')
    .exactOptional(),
  workerSpec: workerSpec.describe('Worker pods of a model that is split over nodes.').exactOptional(),
  ...podSpecShape,
  ...componentExtensionShape,
} as const;

/** The component that runs the model. */
export const predictor = withRules(
  z.strictObject(predictorShape),
  replicaBounds,
  {
    rule: '!has(self.storageUris) || !has(self.model) || !has(self.model.storageUri)',
    message: 'Setting both StorageURI and StorageURIs is not supported.',
    fieldPath: '.storageUris',
  },
  {
    // Go clients send an empty one.
    rule: "!has(self.model) || !has(self.model.name) || self.model.name == ''",
    message: "the 'name' field is not allowed in standard predictor",
    fieldPath: '.model.name',
  },
);

/** A predictor inside `spec.canary`, where upstream keeps ephemeral containers. */
export const canaryPredictor = z.strictObject({ ...predictorShape, ...ephemeralContainersShape });
