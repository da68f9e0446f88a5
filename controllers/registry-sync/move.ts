import type { InferenceServiceRecord } from '../model-registry/answers';
import type { Bookkeeping } from './bookkeeping';
import { retireRecordAt } from './retire';
import type { Sync } from './sync';

/**
 * Whether a record found at the new address is the one that we remember at the old one: the registry only got another address then.
 * Two registries may number alike; but the record in a registry that was left is UNDEPLOYED.
 */
export function sameRegistry(found: InferenceServiceRecord | undefined, remembered: Bookkeeping): boolean {
  return found?.id === remembered.id && found.desiredState !== 'UNDEPLOYED';
}

/**
 * Retires the record in the registry that an InferenceService named before.
 *
 * @throws RegistryError while that registry does not answer and there is still time for it
 */
export async function leaveFormerRegistry(sync: Sync, remembered: Bookkeeping): Promise<void> {
  sync.log.info({ from: remembered.registry, record: remembered.id }, 'moving to another registry');
  await retireRecordAt(sync, sync.formerRegistry(remembered.registry), remembered.id);
}
