import type { Contract } from '../../definitions/inference/contract';
import type { InferenceConfigSpec } from '../../definitions/inference/inference-config';
import { modelFields } from '../../definitions/inference/model-endpoint';

/** The model as the Contract has it: always nested. */
export type ContractModel = Contract['kserve'];

/** The model of a config, or why its fields contradict each other. */
export type ResolvedModel = { readonly model: ContractModel } | { readonly conflict: string };

/**
 * The model of a config. Field by field what is nested wins and what is flat fills gaps; an empty text is a gap, since upstream leaves
 * it out of the Contract.
 *
 * @param address URL of the InferenceService that the config refers to, where it does; old runners find it in `modelUrl`
 */
export function resolveModel(spec: InferenceConfigSpec, address?: string): ResolvedModel {
  const conflict = conflictOf(spec);
  if (conflict !== undefined) return { conflict };
  const { inferenceServiceRef, modelName, modelUrl, modelVersion, modelInputName, ...endpoint } = spec.kserve ?? {};
  const name = given(modelName) ?? given(spec.modelName) ?? inferenceServiceRef?.name;
  const url = address ?? given(modelUrl) ?? given(spec.modelUrl);
  const version = given(modelVersion) ?? given(spec.modelVersion);
  const inputName = given(modelInputName) ?? given(spec.modelInputName);
  return {
    model: {
      ...(name !== undefined && { modelName: name }),
      ...(url !== undefined && { modelUrl: url }),
      ...(version !== undefined && { modelVersion: version }),
      ...(inputName !== undefined && { modelInputName: inputName }),
      ...endpoint,
      ...(address !== undefined && { url: address }),
    },
  };
}

/** Flat fields of a config that have a value: they are accepted, and deprecated. */
export function usesFlatFields(spec: InferenceConfigSpec): readonly string[] {
  return modelFields.filter((field) => given(spec[field]) !== undefined);
}

function conflictOf(spec: InferenceConfigSpec): string | undefined {
  const { kserve = {} } = spec;
  for (const field of modelFields) {
    const nested = given(kserve[field]);
    const flat = given(spec[field]);
    if (nested === undefined || flat === undefined || nested === flat) continue;
    return `spec.kserve.${field} is ${JSON.stringify(nested)} and spec.${field} is ${JSON.stringify(flat)}: remove spec.${field}`;
  }
  if (kserve.inferenceServiceRef === undefined) return undefined;
  const place = given(kserve.modelUrl) === undefined ? 'spec.modelUrl' : 'spec.kserve.modelUrl';
  if (given(kserve.modelUrl) === undefined && given(spec.modelUrl) === undefined) return undefined;
  return `${place} and spec.kserve.inferenceServiceRef both say where the model is: remove one of them`;
}

function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
