import type { KubernetesClient } from '../../controllers/runtime/client';
import { registryKeys } from '../../definitions/names/model-registry';
import { inferenceServices, type InferenceService } from '../../definitions/serving/inference-service';
import type { FetchView } from './fetch-view';
import type { Table } from './live-table';

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
export function recordsTable(objects: readonly InferenceService[], records: readonly RecordView[]): Table {
  const live = objects.map(({ metadata }): Table['rows'][number] => {
    const record = records.find(({ name }) => name === `${metadata.name}/${metadata.uid ?? ''}`);
    const linked = metadata.labels?.[registryKeys.inferenceServiceId] === record?.id;
    return [
      `${metadata.namespace ?? ''}/${metadata.name}`,
      record === undefined ? '-' : linked ? record.id : `${record.id} (label to come)`,
      record?.state ?? '-',
      record?.url ?? '-',
    ];
  });
  const known = new Set(objects.map(({ metadata }) => `${metadata.name}/${metadata.uid ?? ''}`));
  const retired = records
    .filter(({ name }) => !known.has(name))
    .map(({ id, name, state, url }): Table['rows'][number] => [
      `${name.split('/')[0] ?? name} (deleted)`,
      id,
      state,
      url ?? '-',
    ]);
  return { columns: ['INFERENCESERVICE', 'RECORD', 'STATE', 'URL'], rows: [...live, ...retired] };
}

/** One row per InferenceService whose model is fetched. @param fetches by `<namespace>/<name>` */
export function fetchesTable(fetches: ReadonlyMap<string, FetchView>): Table {
  return {
    columns: ['INFERENCESERVICE', 'MODEL', 'FILES', 'BYTES', 'RATE', 'RESOLVED TO'],
    rows: [...fetches].map(([name, { state, files = '-', bytes = '-', rate = '-', resolvedTo = '-' }]) => [
      name,
      state,
      files,
      bytes,
      rate,
      resolvedTo,
    ]),
  };
}
