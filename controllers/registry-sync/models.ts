import type { RegistryClient } from '../model-registry/registry-client';

/** What a record is to be of. */
export interface ServedModel {
  readonly registeredModelId: string;
  readonly modelVersionId?: string;
}

/** Models and versions are hardly ever deleted; many InferenceServices of one model arrive at once. */
const rememberMs = 60_000;

/** The models and versions of one registry; those that are there are remembered for a minute. */
export class KnownModels {
  private readonly until = new Map<string, number>();

  /** @param now milliseconds of a monotonic clock */
  constructor(
    private readonly client: RegistryClient,
    private readonly now: () => number,
  ) {}

  /**
   * Why a record of this model can't be made, for the user; nothing when model and version are there. The registry itself takes any
   * number.
   */
  async missing(served: ServedModel, signal: AbortSignal): Promise<string | undefined> {
    const key = `${served.registeredModelId} ${served.modelVersionId ?? ''}`;
    const until = this.until.get(key);
    if (until !== undefined && this.now() < until) return undefined;
    this.until.delete(key);
    const missing = await missingModel(this.client, served, signal);
    if (missing === undefined) this.until.set(key, this.now() + rememberMs);
    return missing;
  }
}

async function missingModel(
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
