import type { Framework } from '../../../definitions/names/serving';
import { containerNames, frameworks } from '../../../definitions/names/serving';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import type { PredictorExtension } from '../../../definitions/serving/model';
import { environmentNames, variableNamed } from './environment';
import type { Container } from './environment';

export type InferenceServiceSpec = InferenceService['spec'];
export type Predictor = InferenceServiceSpec['predictor'];
export type Transformer = NonNullable<InferenceServiceSpec['transformer']>;
export type Explainer = NonNullable<InferenceServiceSpec['explainer']>;
type Art = NonNullable<Explainer['art']>;

/** What a component runs. A valid component has exactly one. */
export type Implementation =
  | { readonly kind: 'model' | Framework; readonly extension: PredictorExtension }
  | { readonly kind: 'art'; readonly extension: Art }
  | { readonly kind: 'custom'; readonly containers: readonly Container[] };

/** The implementations of a predictor; several containers named kserve-container count as several. */
export function predictorImplementations(predictor: Predictor): readonly Implementation[] {
  const named = [...frameworks, 'model' as const].flatMap((kind): Implementation[] => {
    const extension = predictor[kind];
    return extension === undefined ? [] : [{ kind, extension }];
  });
  const containers = predictor.containers ?? [];
  const custom: Implementation = { kind: 'custom', containers };
  const models = containers.filter(({ name }) => name === containerNames.main).map(() => custom);
  const all = [...named, ...models];
  // Containers without a model and without kserve-container: admission names the only one so.
  return all.length === 0 && containers.length > 0 ? [custom] : all;
}

/** The implementations of a transformer. */
export function transformerImplementations({ containers = [] }: Transformer): readonly Implementation[] {
  return containers.length === 0 ? [] : [{ kind: 'custom', containers }];
}

/** The implementations of an explainer. */
export function explainerImplementations({ art, containers = [] }: Explainer): readonly Implementation[] {
  return [
    ...(art === undefined ? [] : [{ kind: 'art' as const, extension: art }]),
    ...(containers.length === 0 ? [] : [{ kind: 'custom' as const, containers }]),
  ];
}

/** The single URI of the files that an implementation loads. */
export function storageUriOf(implementation: Implementation | undefined): string | undefined {
  if (implementation === undefined) return undefined;
  if (implementation.kind !== 'custom') return implementation.extension.storageUri;
  const container = implementation.containers.find(({ name }) => name === containerNames.main);
  return container && variableNamed(container, environmentNames.storageUri);
}

/** The single URI of the files that a predictor loads: of its model, else of whatever it runs. */
export function predictorStorageUri(predictor: Predictor): string | undefined {
  return predictor.model?.storageUri ?? storageUriOf(predictorImplementations(predictor)[0]);
}
