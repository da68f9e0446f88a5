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
 * A deletion is never blocked for good: when no registry can be chosen or it refuses, the object goes at once with a
 * warning; when the registry does not answer, after the grace period.
 */
export async function retire(sync: Sync, registry: Registry | NoRegistry): Promise<void> {
  if ('reason' in registry) {
    sync.events.warning(registryEvents.cleanupSkipped, `The record was not marked UNDEPLOYED: ${registry.note}`);
  } else {
    await undeploy(sync, registry);
  }
  await sync.patch(releasePatch(sync.inferenceService, sync.config));
}

async function undeploy(sync: Sync, registry: Registry): Promise<void> {
  try {
    await markUndeployed(sync, registry);
  } catch (error) {
    if (!(error instanceof RegistryError) || mayPass(error, sync)) throw error;
    sync.log.warn({ err: error, registry: registry.baseUrl }, 'record not marked UNDEPLOYED');
    sync.events.warning(registryEvents.cleanupSkipped, `The record was not marked UNDEPLOYED: ${error.message}`);
  }
}

async function markUndeployed(sync: Sync, registry: Registry): Promise<void> {
  const { link, remembered, config, signal } = sync;
  const { client, environments } = sync.registries.at(registry);
  const { name, environment } = desiredRecord(sync.inferenceService, link, config);
  const servingEnvironmentId = await environments.find(environment, signal);
  if (servingEnvironmentId === undefined) return;
  const recordId = link.recordId ?? remembered?.id;
  const identity = { name, servingEnvironmentId, ...(recordId === undefined ? {} : { recordId }) };
  const { record } = await lookUpRecord(client, identity, signal);
  const patch = record === undefined ? undefined : retirement(record);
  if (record === undefined || patch === undefined) return;
  await client.updateInferenceService(record.id, patch, signal);
  sync.log.info({ record: record.id, registry: registry.baseUrl }, 'record marked UNDEPLOYED');
  sync.events.normal(registryEvents.undeployed, `Marked record ${record.id} UNDEPLOYED.`);
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
    case 'invalid-answer': {
      const { deletionTimestamp } = sync.inferenceService.metadata;
      if (deletionTimestamp === undefined) return true;
      return sync.nowMs - Date.parse(deletionTimestamp) < sync.config.cleanupGraceSeconds * 1000;
    }
  }
}
