import { registryEvents } from '../../definitions/names/registry-events';
import { RegistryError } from '../model-registry/registry-error';
import { releasePatch } from './bookkeeping';
import { desiredRecord } from './desired';
import { retirement } from './difference';
import type { NoRegistry, Registry } from './discovery';
import { lookUpRecord } from './record-lookup';
import type { Sync } from './sync';

/**
 * Marks the record UNDEPLOYED and lets the InferenceService go: when it is being deleted, and when its link labels were
 * taken away. Nothing is ever created here.
 *
 * The labels may have been edited since: where the record is remembered to be counts as much as where they point.
 *
 * A deletion is never blocked for good: when no registry can be chosen or it refuses, the object goes at once with a
 * warning; when the registry does not answer, after the grace period.
 */
export async function retire(sync: Sync, chosen: Registry | NoRegistry): Promise<void> {
  const { remembered, link } = sync;
  if (remembered === undefined || ('baseUrl' in chosen && chosen.baseUrl === remembered.registry)) {
    await retireRecordAt(sync, chosen, remembered?.id ?? link.recordId);
  } else if ('reason' in chosen || (await retireRecordAt(sync, chosen, undefined)) === 'absent') {
    await retireRecordAt(sync, sync.formerRegistry(remembered.registry), remembered.id);
  }
  await sync.patch(releasePatch(sync.inferenceService, sync.config));
}

/** How a record was retired. */
export type Retirement = 'retired' | 'absent' | 'skipped';

/**
 * Marks the record of an InferenceService UNDEPLOYED in one registry. What can't be done is said with a warning.
 *
 * @param recordId where the record probably is; without one it is found by its name
 * @throws RegistryError while the registry does not answer and there is still time for it
 */
export async function retireRecordAt(
  sync: Sync,
  registry: Registry | NoRegistry,
  recordId: string | undefined,
): Promise<Retirement> {
  if ('reason' in registry) {
    skipped(sync, registry.note);
    return 'skipped';
  }
  try {
    return await markUndeployed(sync, registry, recordId);
  } catch (error) {
    if (!(error instanceof RegistryError) || mayPass(error, sync)) throw error;
    sync.log.warn({ err: error, registry: registry.baseUrl }, 'record not marked UNDEPLOYED');
    skipped(sync, error.message);
    return 'skipped';
  }
}

function skipped(sync: Sync, why: string): void {
  sync.events.warning(registryEvents.cleanupSkipped, `The record was not marked UNDEPLOYED: ${why}`);
}

async function markUndeployed(sync: Sync, registry: Registry, recordId: string | undefined): Promise<Retirement> {
  const { link, config, signal } = sync;
  const { client, environments } = sync.registries.at(registry);
  const { name, environment } = desiredRecord(sync.inferenceService, link, config);
  const servingEnvironmentId = await environments.find(environment, signal);
  if (servingEnvironmentId === undefined) return 'absent';
  const { adoptedRecordId } = link;
  const identity = {
    name,
    servingEnvironmentId,
    ...(recordId === undefined ? {} : { recordId }),
    ...(adoptedRecordId === undefined || adoptedRecordId !== recordId ? {} : { adoptedRecordId }),
  };
  const { record } = await lookUpRecord(client, identity, signal);
  if (record === undefined) return 'absent';
  const patch = retirement(record);
  if (patch === undefined) return 'retired';
  await client.updateInferenceService(record.id, patch, signal);
  sync.log.info({ record: record.id, registry: registry.baseUrl }, 'record marked UNDEPLOYED');
  sync.events.normal(registryEvents.undeployed, `Marked record ${record.id} UNDEPLOYED.`);
  return 'retired';
}

/** Whether waiting can help and the object may still be held. */
function mayPass(error: RegistryError, sync: Sync): boolean {
  switch (error.failure) {
    case 'not-found':
    case 'rejected':
      return false;
    case 'conflict':
    case 'unauthorized':
    case 'unavailable':
    case 'invalid-answer':
      return sync.waitedMs() < sync.config.cleanupGraceSeconds * 1000;
  }
}
