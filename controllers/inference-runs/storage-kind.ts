import type { InferenceConfig } from '../../definitions/inference/inference-config';

/** Settings of an input or an output by kind. */
export type StorageByKind = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Kind of the input of a config: there is to be one; of several the first by name, so that every pass says the same. */
export function inputKind({ spec }: InferenceConfig): string | undefined {
  return Object.keys(spec?.storage?.input ?? {}).sort()[0];
}
