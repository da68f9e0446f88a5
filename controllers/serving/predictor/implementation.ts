import type { V1Container } from '@kubernetes/client-node';
import { containerNames, type Framework } from '../../../definitions/names/serving';
import { servingVariables } from '../../../definitions/names/serving-runtimes';
import type { PredictorExtension } from '../../../definitions/serving/model';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { corePodSpec, variableOf } from '../component-pod';
import type { Model } from '../runtimes/choose-runtime';

export type Predictor = InferenceService['spec']['predictor'];

/** What a predictor runs. */
export type Implementation =
  /** A model by a runtime. */
  | { readonly kind: 'model'; readonly model: Model }
  /** A framework that admission did not turn into a model: the container that it inlines, without a runtime. */
  | { readonly kind: 'framework'; readonly framework: Framework; readonly extension: PredictorExtension }
  /** Containers of the user's own. */
  | { readonly kind: 'custom'; readonly containers: readonly V1Container[] };

/** Order in which upstream looks for a predictor's implementation. */
const frameworkOrder: readonly Framework[] = [
  'xgboost',
  'pytorch',
  'triton',
  'sklearn',
  'tensorflow',
  'onnx',
  'pmml',
  'lightgbm',
  'paddle',
  'huggingface',
];

/** What a predictor runs; undefined for an empty one. A model wins over what stands beside it, so that its files aren't lost. */
export function implementationOf(predictor: Predictor): Implementation | undefined {
  if (predictor.model !== undefined) {
    return { kind: 'model', model: predictor.model };
  }
  for (const framework of frameworkOrder) {
    const extension = predictor[framework];
    if (extension !== undefined) {
      return { kind: 'framework', framework, extension };
    }
  }
  const { containers } = corePodSpec(predictor);
  return containers.length === 0 ? undefined : { kind: 'custom', containers };
}

/** Where the implementation's files come from. */
export interface ModelSource {
  readonly storageUri?: string;
  readonly storage?: NonNullable<Model['storage']>;
  readonly confidential?: NonNullable<Model['confidential']>;
}

/** Files of an implementation. Custom containers name theirs in a variable of the main one. */
export function modelSource(implementation: Implementation): ModelSource {
  if (implementation.kind === 'custom') {
    const main = implementation.containers.find(({ name }) => name === containerNames.main);
    return withUri(variableOf(main, servingVariables.storageUri));
  }
  const { storageUri, storage, confidential } =
    implementation.kind === 'model' ? implementation.model : implementation.extension;
  return { ...withUri(storageUri), ...(storage && { storage }), ...(confidential && { confidential }) };
}

function withUri(storageUri: string | undefined): Pick<ModelSource, 'storageUri'> {
  return storageUri === undefined || storageUri === '' ? {} : { storageUri };
}
