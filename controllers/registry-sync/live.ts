import { registryEvents } from '../../definitions/names/registry-events';
import type { InferenceServiceRecord } from '../model-registry/answers';
import { RegistryError } from '../model-registry/registry-error';
import { hasFinalizer, withFinalizer } from '../runtime/finalizers';
import { bookkeepingPatch } from './bookkeeping';
import { publishedUrl } from './custom-properties';
import {
  desiredRecord,
  environmentDescription,
  longestName,
  newRecord,
  storedNameLength,
  type DesiredRecord,
} from './desired';
import { difference } from './difference';
import type { Registry } from './discovery';
import { leaveFormerRegistry, sameRegistry } from './move';
import { lookUpRecord } from './record-lookup';
import type { Sync } from './sync';

/** `in step`: nothing is left to do. `waiting`: only the user can go on, who has been told. */
export type SyncOutcome = 'in step' | 'waiting';

/**
 * Brings the record of a live InferenceService in step: environment, record, one PATCH for all differences, then label
 * and annotation.
 *
 * The order matters: the registry is asked before the finalizer is set (a typing error in a label must not make the
 * object undeletable), and the finalizer is stored before a record can exist (or a deletion in between would leave the
 * record DEPLOYED for ever).
 */
export async function syncLive(sync: Sync, registry: Registry): Promise<SyncOutcome> {
  const { link, config, signal, remembered } = sync;
  const { client, environments } = sync.registries.at(registry);
  const desired = desiredRecord(sync.inferenceService, link, config);

  const namespace = sync.inferenceService.metadata.namespace ?? '';
  const environmentId = await environments.ensure(desired.environment, environmentDescription(namespace), signal);
  const moved = remembered !== undefined && remembered.registry !== registry.baseUrl;
  const { record: existing, foreign } = await lookUpRecord(
    client,
    {
      name: desired.name,
      servingEnvironmentId: environmentId,
      // A number from another registry means nothing here.
      ...(link.recordId === undefined || moved ? {} : { recordId: link.recordId }),
      ...(link.adoptedRecordId === undefined ? {} : { adoptedRecordId: link.adoptedRecordId }),
    },
    signal,
  );
  if (foreign !== undefined) reportForeign(sync, foreign);
  const obstacle = await obstacleTo(sync, registry, existing, { desired, environmentId });
  if (obstacle !== undefined) {
    sync.events.warning(obstacle.reason, obstacle.note);
    return 'waiting';
  }

  if (moved && !sameRegistry(existing, remembered)) await leaveFormerRegistry(sync, remembered);
  const { finalizer } = config.keys;
  if (!hasFinalizer(sync.inferenceService, finalizer)) {
    await sync.patch(withFinalizer(sync.inferenceService, finalizer));
  }
  const record =
    existing === undefined
      ? await create(sync, registry, desired, environmentId)
      : await update(sync, registry, existing, desired);

  const bookkeeping = bookkeepingPatch(sync.inferenceService, { registry: registry.baseUrl, id: record.id }, config);
  if (bookkeeping !== undefined) {
    await sync.patch(bookkeeping);
    sync.events.normal(
      registryEvents.linked,
      `Linked to record ${record.id} of the Model Registry at ${registry.baseUrl}.`,
    );
  }
  return 'in step';
}

type Obstacle = {
  readonly reason: typeof registryEvents.rejected | typeof registryEvents.recordMismatch;
  note: string;
};

/** What keeps the record from being made or changed and only the user can take away. */
async function obstacleTo(
  { link, config, signal, registries }: Sync,
  registry: Registry,
  existing: InferenceServiceRecord | undefined,
  { desired, environmentId }: { readonly desired: DesiredRecord; readonly environmentId: string },
): Promise<Obstacle | undefined> {
  const { registeredModelId, modelVersionId } = link;
  const { recordMismatch, rejected } = registryEvents;
  if (existing === undefined && registeredModelId === undefined) {
    const note = `No record of this InferenceService exists and label ${config.keys.registeredModelIdLabel} names no model to make one for.`;
    return { reason: recordMismatch, note };
  }
  const model = existing?.registeredModelId ?? registeredModelId;
  if (registeredModelId !== undefined && model !== undefined && model !== registeredModelId) {
    const note = `Record ${existing?.id ?? ''} is of registered model ${model} and can't be changed to ${registeredModelId}; it is left alone. Make a new InferenceService for another model.`;
    return { reason: recordMismatch, note };
  }
  const length = storedNameLength(desired, environmentId);
  if (existing === undefined && length > longestName) {
    const note = `The record would be named ${desired.name}; with its environment that is ${length} characters, and the registry takes ${longestName}.`;
    return { reason: rejected, note };
  }
  const checked =
    existing === undefined || (modelVersionId !== undefined && modelVersionId !== existing.modelVersionId);
  if (!config.requireExistingModel || !checked || model === undefined) return undefined;
  const served = { registeredModelId: model, ...(modelVersionId === undefined ? {} : { modelVersionId }) };
  const note = await registries.at(registry).models.missing(served, signal);
  return note === undefined ? undefined : { reason: rejected, note };
}

function reportForeign({ events, config }: Sync, foreign: InferenceServiceRecord): void {
  const { adoptAnnotation, inferenceServiceIdLabel } = config.keys;
  events.warning(
    registryEvents.recordMismatch,
    `Record ${foreign.id} in label ${inferenceServiceIdLabel} belongs to ${foreign.name ?? 'another object'}; it is left alone. To take it over on purpose, set annotation ${adoptAnnotation} to ${foreign.id}.`,
  );
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
