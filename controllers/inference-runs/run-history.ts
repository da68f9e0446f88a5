import { historyLength, type ExecutionRecord } from '../../definitions/inference/inference-run-status';

/**
 * Attempts or executions with some more, newest first, no more than a status has room for. A record takes the place of an earlier one
 * of the same Job, which may have known less.
 */
export function withRecords(
  history: readonly ExecutionRecord[],
  records: readonly ExecutionRecord[],
): ExecutionRecord[] {
  const isReplaced = ({ uid, jobName }: ExecutionRecord) =>
    records.some((record) => record.uid === uid && record.jobName === jobName);
  return [...records, ...history.filter((record) => !isReplaced(record))]
    .toSorted((one, other) => startOf(other).localeCompare(startOf(one)))
    .slice(0, historyLength);
}

function startOf({ startTime, completionTime }: ExecutionRecord): string {
  return startTime ?? completionTime ?? '';
}
