import { metricHistory } from './artifact-types';
import type { EntityStore } from './entity-store';
import { parseInt32 } from './int32';
import { listOf } from './lists';
import type { Handler, Reply } from './routes';
import type { Row } from './row';

/** Routes of what metrics of experiment runs were, by run and of all runs. */
export function metricHistoryRoutes(store: EntityStore): [string, Handler][] {
  const list = (query: URLSearchParams, belongs: (row: Row) => boolean): Reply => {
    const steps = stepsOf(query);
    const rows = store.of(metricHistory).filter((row) => belongs(row) && (steps?.has(row.values['step']) ?? true));
    return { status: 200, body: listOf(rows, [metricHistory], query, { filter: true, names: true }) };
  };
  return [
    ['GET /experiment_runs/metric_history', ({ query }) => list(query, () => true)],
    [
      'GET /experiment_runs/{id}/metric_history',
      ({ id, query }) => {
        const runId = parseInt32('experiment run ID', id);
        return list(query, (row) => row.parentId === runId);
      },
    ],
  ];
}

/** Steps that the list is restricted to. @throws Refusal 400 when one is no number */
function stepsOf(query: URLSearchParams): ReadonlySet<unknown> | undefined {
  const text = query.get('stepIds') ?? '';
  return text === '' ? undefined : new Set(text.split(',').map((step) => parseInt32('stepIds', step.trim())));
}
