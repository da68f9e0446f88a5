import type { RegistryClient } from '../model-registry/registry-client';

/** What a record is to be of. */
export interface ServedModel {
  readonly registeredModelId: string;
  readonly modelVersionId?: string;
}

/**
 * Why a record of this model can't be made, for the user; nothing when model and version are there. The registry itself takes any
 * number.
 */
export async function missingModel(
  client: RegistryClient,
  { registeredModelId, modelVersionId }: ServedModel,
  signal: AbortSignal,
): Promise<string | undefined> {
  const there = `in the Model Registry at ${client.baseUrl}`;
  if ((await client.getRegisteredModel(registeredModelId, signal)) === undefined) {
    return `There is no registered model ${registeredModelId} ${there}.`;
  }
  if (modelVersionId === undefined) return undefined;
  const version = await client.getModelVersion(modelVersionId, signal);
  if (version === undefined) return `There is no model version ${modelVersionId} ${there}.`;
  const { registeredModelId: owner = registeredModelId } = version;
  if (owner === registeredModelId) return undefined;
  return `Model version ${modelVersionId} belongs to registered model ${owner}, not to ${registeredModelId}.`;
}
