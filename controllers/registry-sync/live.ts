import { registryEvents } from '../../definitions/names/registry-events';
import type { InferenceServiceRecord } from '../model-registry/answers';
import { RegistryError } from '../model-registry/registry-error';
import { addFinalizerPatch, bookkeepingPatch, hasFinalizer } from './bookkeeping';
import { publishedUrl } from './custom-properties';
import { desiredRecord, newRecord, type DesiredRecord } from './desired';
import { difference } from './difference';
import type { Registry } from './discovery';
import { lookUpRecord } from './record-lookup';
import type { Sync } from './sync';

/**
 * Brings the record of a live InferenceService in step: environment, record, one PATCH for all differences, then label
 * and annotation.
 *
 * The order matters: the registry is asked before the finalizer is set (a typing error in a label must not make the
 * object undeletable), and the finalizer is stored before a record can exist (or a deletion in between would leave the
 * record DEPLOYED for ever).
 */
export async function syncLive(sync: Sync, registry: Registry): Promise<void> {
  const { link, config, events, signal } = sync;
  const { client, environments } = sync.registries.at(registry);
  const desired = desiredRecord(sync.inferenceService, link, config);

  const namespace = sync.inferenceService.metadata.namespace ?? '';
  const environmentId = await environments.ensure(desired.environment, `Kubernetes namespace ${namespace}`, signal);
  const identity = { name: desired.name, servingEnvironmentId: environmentId };
  const recordId = link.recordId === undefined ? {} : { recordId: link.recordId };
  const { record: existing, foreign } = await lookUpRecord(client, { ...identity, ...recordId }, signal);

  if (foreign !== undefined) {
    events.warning(
      registryEvents.recordMismatch,
      `Record ${foreign.id} in label ${config.keys.inferenceServiceIdLabel} belongs to ${foreign.name ?? 'another object'}; it is left alone.`,
    );
  }
  if (existing === undefined && link.registeredModelId === undefined) {
    events.warning(
      registryEvents.recordMismatch,
      `No record of this InferenceService exists and label ${config.keys.registeredModelIdLabel} names no model to make one for.`,
    );
    return;
  }

  if (!hasFinalizer(sync.inferenceService, config)) {
    await sync.patch(addFinalizerPatch(sync.inferenceService, config));
  }
  const record =
    existing === undefined
      ? await create(sync, registry, desired, environmentId)
      : await update(sync, registry, existing, desired);

  const bookkeeping = bookkeepingPatch(sync.inferenceService, { registry: registry.baseUrl, id: record.id }, config);
  if (bookkeeping !== undefined) {
    await sync.patch(bookkeeping);
    events.normal(registryEvents.linked, `Linked to record ${record.id} of the Model Registry at ${registry.baseUrl}.`);
  }
}

async function create(
  sync: Sync,
  registry: Registry,
  desired: DesiredRecord,
  environmentId: string,
): Promise<InferenceServiceRecord> {
  const { client, environments } = sync.registries.at(registry);
  try {
    const body = newRecord(desired, sync.link.registeredModelId ?? '', environmentId);
    const record = await client.createInferenceService(body, sync.signal);
    sync.log.info({ record: record.id, registry: registry.baseUrl }, 'record created');
    sync.events.normal(registryEvents.recordCreated, `Created record ${record.id} for ${desired.name}.`);
    return record;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    // 404: the environment we remember is gone. 409: another instance made the record, and find has it.
    if (error.failure === 'not-found') environments.forget(desired.environment);
    if (error.failure !== 'conflict') throw error;
    const winner = await client.findInferenceService(desired.name, environmentId, sync.signal);
    if (winner === undefined) throw error;
    return update(sync, registry, winner, desired);
  }
}

async function update(
  sync: Sync,
  registry: Registry,
  record: InferenceServiceRecord,
  desired: DesiredRecord,
): Promise<InferenceServiceRecord> {
  const patch = difference(record, desired);
  if (patch === undefined) return record;
  const { client } = sync.registries.at(registry);
  await client.updateInferenceService(record.id, patch, sync.signal);
  sync.log.info({ record: record.id, registry: registry.baseUrl, changed: Object.keys(patch) }, 'record updated');
  if (patch.customProperties !== undefined) {
    const url = publishedUrl(patch.customProperties);
    sync.events.normal(registryEvents.urlUpdated, url === undefined ? 'Removed the URL.' : `Published URL ${url}.`);
  }
  return record;
}
