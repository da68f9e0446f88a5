import type { InferenceServiceRecord } from '../model-registry/answers';
import type { RegistryClient } from '../model-registry/registry-client';

/** Where to look for the record of an InferenceService. */
export interface RecordIdentity {
  /** Id from the label; written by us, but users can write it too and copies of a manifest carry it along. */
  readonly recordId?: string;
  /** Id of a record that is ours because the user says so, whatever its name. */
  readonly adoptedRecordId?: string;
  readonly name: string;
  readonly servingEnvironmentId: string;
}

/** The record, and the one under the label's id when that turned out to be somebody else's. */
export interface RecordLookup {
  readonly record?: InferenceServiceRecord;
  readonly foreign?: InferenceServiceRecord;
}

/** Finds the adopted record, or the one with the label's id if it really is ours, else by name. Never writes. */
export async function lookUpRecord(
  client: RegistryClient,
  identity: RecordIdentity,
  signal: AbortSignal,
): Promise<RecordLookup> {
  const id = identity.adoptedRecordId ?? identity.recordId;
  const labelled = id === undefined ? undefined : await client.getInferenceService(id, signal);
  if (labelled !== undefined && isOurs(labelled, identity)) return { record: labelled };
  const found = await client.findInferenceService(identity.name, identity.servingEnvironmentId, signal);
  return {
    ...(found === undefined ? {} : { record: found }),
    ...(labelled === undefined ? {} : { foreign: labelled }),
  };
}

/** Partial servers leave members out; what is absent can't contradict. */
function isOurs(record: InferenceServiceRecord, identity: RecordIdentity): boolean {
  if (record.id === identity.adoptedRecordId) return true;
  const { name = identity.name, servingEnvironmentId = identity.servingEnvironmentId } = record;
  return name === identity.name && servingEnvironmentId === identity.servingEnvironmentId;
}
