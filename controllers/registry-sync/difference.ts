import type { DesiredState, InferenceServiceRecord } from '../model-registry/answers';
import type { InferenceServicePatch } from '../model-registry/registry-client';
import { publishedUrl, withUrl } from './custom-properties';
import type { DesiredRecord } from './desired';

/**
 * The one PATCH that makes a record what it should be, or nothing when it is already. `desiredState` is always named:
 * the server resets it to DEPLOYED otherwise.
 */
export function difference(record: InferenceServiceRecord, desired: DesiredRecord): InferenceServicePatch | undefined {
  const desiredState = stateOf(record, desired);
  const changes = {
    ...(desired.modelVersionId === undefined || desired.modelVersionId === record.modelVersionId
      ? {}
      : { modelVersionId: desired.modelVersionId }),
    ...(desired.runtime === undefined || desired.runtime === record.runtime ? {} : { runtime: desired.runtime }),
    ...(desired.url === publishedUrl(record.customProperties)
      ? {}
      : { customProperties: withUrl(record.customProperties, desired.url) }),
  };
  if (Object.keys(changes).length === 0 && record.desiredState === desiredState) return undefined;
  return { desiredState, ...changes };
}

/** The state to name: ours, or where people may have their way what they set. */
function stateOf(record: InferenceServiceRecord, desired: DesiredRecord): DesiredState {
  const byHand = desired.keepsUndeployed && record.desiredState === 'UNDEPLOYED';
  return byHand ? 'UNDEPLOYED' : desired.desiredState;
}

/** The PATCH that retires a record, or nothing when it is retired. The URL stays as history. */
export function retirement(record: InferenceServiceRecord): InferenceServicePatch | undefined {
  return record.desiredState === 'UNDEPLOYED' ? undefined : { desiredState: 'UNDEPLOYED' };
}
