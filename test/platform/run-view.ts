import type { InferenceRun } from '../../definitions/inference/inference-run';
import type { Table } from './live-table';

/** One row per InferenceRun: where it is, its items, and what its runner wrote last. @param output what the example's output got */
export function runsTable(runs: readonly InferenceRun[], output: readonly string[]): Table {
  return {
    columns: ['INFERENCERUN', 'PHASE', 'ITEMS', 'JOB', 'PREDICTIONS'],
    rows: runs.map(({ metadata, status = {} }) => {
      const { phase = '-', result, jobStatus } = status;
      return [
        `${metadata.namespace ?? ''}/${metadata.name}`,
        phase,
        result === undefined ? '-' : `${result.items.succeeded}/${result.items.total}`,
        jobStatus?.name ?? '-',
        output.at(-1) ?? '-',
      ];
    }),
  };
}
