import type { KubernetesClient } from '../../controllers/runtime/client';
import { registryKeys } from '../../definitions/names/model-registry';
import { inferenceServices, type InferenceService } from '../../definitions/serving/inference-service';
import type { Row } from './live-table';

/** A registry record as the table shows it. */
export interface RecordView {
  readonly id: string;
  /** `<InferenceService>/<uid>` */
  readonly name: string;
  readonly state: string;
  readonly url?: string;
}

/** InferenceServices of one namespace. */
export async function inferenceServicesIn(
  client: KubernetesClient,
  namespace: string,
): Promise<readonly InferenceService[]> {
  return (await client.list(inferenceServices, { namespace })).items;
}

/**
 * One row per InferenceService, and one per record whose InferenceService is gone: what is UNDEPLOYED is worth seeing.
 */
export function rowsOf(objects: readonly InferenceService[], records: readonly RecordView[]): Row[] {
  const live = objects.map(({ metadata }): Row => {
    const record = records.find(({ name }) => name === `${metadata.name}/${metadata.uid ?? ''}`);
    const linked = metadata.labels?.[registryKeys.inferenceServiceId] === record?.id;
    return {
      inferenceService: `${metadata.namespace ?? ''}/${metadata.name}`,
      record: record === undefined ? '-' : linked ? record.id : `${record.id} (label to come)`,
      state: record?.state ?? '-',
      url: record?.url ?? '-',
    };
  });
  const known = new Set(objects.map(({ metadata }) => `${metadata.name}/${metadata.uid ?? ''}`));
  const retired = records
    .filter(({ name }) => !known.has(name))
    .map(({ id, name, state, url }): Row => ({
      inferenceService: `${name.split('/')[0] ?? name} (deleted)`,
      record: id,
      state,
      url: url ?? '-',
    }));
  return [...live, ...retired];
}
