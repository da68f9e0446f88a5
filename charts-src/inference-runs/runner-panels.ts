import { runnerMetrics, runnerSeries, runnerSeriesLabels } from '../../definitions/metrics/runner';
import { queriesOf } from '../monitoring/expression';
import type { PanelRow } from '../monitoring/panel';
import type { ScrapeTarget } from '../monitoring/scrape-target';

/** What Grafana makes of it fits the resolution of the picture. */
const over = '$__rate_interval';

const { run } = runnerSeriesLabels;
const byRun = ['namespace', run] as const;

/**
 * What runners say of themselves while they work.
 *
 * @param runners their pods, wherever they are
 */
export function runnerPanels(runners: ScrapeTarget): PanelRow {
  const { sum, rate, quantile } = queriesOf(runners);
  const { items, batchSeconds, retries, bytes, inFlight } = runnerMetrics;
  return {
    title: 'Runners at work',
    panels: [
      {
        title: 'Items per second',
        description: 'skipped: an attempt before had done them. failed ones are in the dead letters.',
        shows: 'lines',
        queries: [{ expression: rate(runnerSeries(items), { by: [...byRun, 'outcome'], over }) }],
      },
      {
        title: 'Time of a batch',
        description: 'From the first request to the last answer of the model, tries and halves included.',
        shows: 'lines',
        queries: [
          { expression: quantile(0.5, runnerSeries(batchSeconds), { by: byRun, over }), legend: 'p50' },
          { expression: quantile(0.99, runnerSeries(batchSeconds), { by: byRun, over }), legend: 'p99' },
        ],
      },
      {
        title: 'Requests tried again',
        description: 'The model did not answer, or said that it can’t now.',
        shows: 'lines',
        queries: [{ expression: rate(runnerSeries(retries), { by: byRun, over }) }],
      },
      {
        title: 'Batches in flight',
        description: 'Less than the concurrency of the run: input or output is what it waits for.',
        shows: 'lines',
        queries: [{ expression: sum(runnerSeries(inFlight), { by: byRun }) }],
      },
      {
        title: 'Bytes per second',
        description: 'Read from the input, and written to the output.',
        shows: 'lines',
        queries: [{ expression: rate(runnerSeries(bytes), { by: [...byRun, 'direction'], over }) }],
      },
    ],
  };
}
