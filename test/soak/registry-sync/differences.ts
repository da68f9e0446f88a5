import * as z from 'zod';
import { registryKeys } from '../../../definitions/names/model-registry';
import type { Installation, StoredInferenceService } from '../../controllers/registry-sync/installation';

const recordSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  desiredState: z.string(),
  modelVersionId: z.string().optional(),
  customProperties: z.record(z.string(), z.looseObject({ string_value: z.string().optional() })).default({}),
});
type StoredRecord = z.output<typeof recordSchema>;

/** Where records and InferenceServices differ, in words; nothing when all is well. */
export async function differences(installation: Installation): Promise<string[]> {
  const kind = { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService' };
  const stored = (await installation.cluster.list(kind)) as unknown as readonly StoredInferenceService[];
  const records = installation.registry.entities().inferenceServices.map((one) => recordSchema.parse(one));
  const linked = stored.filter(({ metadata: { labels = {} } }) =>
    [registryKeys.registeredModelId, registryKeys.inferenceServiceId].some((key) => key in labels),
  );
  const uids = new Set(linked.map(({ metadata }) => metadata.uid));
  return [
    ...linked.flatMap((object) => differencesOf(object, records)),
    ...stored.flatMap(({ metadata: { name, deletionTimestamp, finalizers = [], uid } }) => [
      ...(deletionTimestamp === undefined ? [] : [`${name}: deleted and still there`]),
      ...(uids.has(uid) || finalizers.length === 0 ? [] : [`${name}: no labels and still a finalizer`]),
    ]),
    ...records
      .filter(({ name, desiredState }) => !uids.has(name.split('/')[1] ?? '') && desiredState !== 'UNDEPLOYED')
      .map(({ id, name, desiredState }) => `record ${id} of ${name}, which is gone or unlinked: ${desiredState}`),
  ];
}

function differencesOf({ metadata, status }: StoredInferenceService, records: readonly StoredRecord[]): string[] {
  const { name, uid, labels = {} } = metadata;
  const [record, ...others] = records.filter((one) => one.name === `${name}/${uid}`);
  if (record === undefined) return [`${name}: no record`];
  const compare = (what: string, wanted: string | undefined, found: string | undefined) =>
    wanted === found ? [] : [`${name}: ${what} is ${String(wanted)}, in record ${record.id} ${String(found)}`];
  return [
    ...(others.length === 0 ? [] : [`${name}: ${others.length + 1} records`]),
    ...compare('state', 'DEPLOYED', record.desiredState),
    ...compare('id label', labels[registryKeys.inferenceServiceId], record.id),
    ...compare('version', labels[registryKeys.modelVersionId], record.modelVersionId),
    ...compare('URL', status?.url, record.customProperties['url']?.string_value),
  ];
}
