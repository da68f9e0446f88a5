import { registryKeys } from '../../definitions/names/model-registry';
import type { InferenceService } from '../../definitions/serving/inference-service';
import type { FetchView } from './fetch-view';
import type { Table } from './live-table';
import type { RecordView } from './record-view';

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
