import { alert } from '../../../charts-src/monitoring/alert';
import { queriesOf } from '../../../charts-src/monitoring/expression';
import { runtimeMetrics } from '../../../definitions/metrics/runtime';

const { sum, rate, increase, quantile } = queriesOf({ namespace: 'ns', job: 'j' });
const own = 'job="j", namespace="ns"';

it.each([
  [sum(runtimeMetrics.leader), `sum(leader_election_master_status{${own}})`],
  [
    sum(runtimeMetrics.queueDepth, { by: ['pod', 'priority'], ago: '15m' }),
    `sum by (pod, priority) (workqueue_depth{${own}} offset 15m)`,
  ],
  [
    rate(runtimeMetrics.requests, { where: { code: { matches: '5..' }, method: 'GET' }, over: '5m' }),
    `sum(rate(rest_client_requests_total{${own}, code=~"5..", method="GET"}[5m]))`,
  ],
  [
    increase(runtimeMetrics.reconcileErrors, { over: '1h' }).above(0),
    `sum(increase(controller_runtime_reconcile_errors_total{${own}}[1h])) > 0`,
  ],
  [
    quantile(0.99, runtimeMetrics.reconcileSeconds, { by: ['controller'], over: '$__rate_interval' }),
    `histogram_quantile(0.99, sum by (le, controller) (rate(controller_runtime_reconcile_time_seconds_bucket{${own}}[$__rate_interval])))`,
  ],
])('is written as PromQL: %#', (expression, text) => {
  expect(expression.text).toBe(text);
});

it('quotes the text of a matcher', () => {
  expect(sum(runtimeMetrics.leader, { where: { name: 'a"\\' } }).text).toContain('name="a\\"\\\\"');
});

// Never run: each is a mistake that must not compile, as `npm run typecheck` sees.
void function mistakes() {
  // @ts-expect-error no such metric
  type _Misspelt = (typeof runtimeMetrics)['leaders'];
  // @ts-expect-error a counter has a rate only
  sum(runtimeMetrics.requests);
  // @ts-expect-error a gauge has no rate
  rate(runtimeMetrics.leader, { over: '5m' });
  // @ts-expect-error no such label
  sum(runtimeMetrics.leader, { by: ['reason'] });
  // @ts-expect-error no such label
  rate(runtimeMetrics.requests, { where: { status: '200' }, over: '5m' });
  // @ts-expect-error the two have no labels in common
  sum(runtimeMetrics.leader, { by: ['pod'] }).and(sum(runtimeMetrics.queueDepth, { by: ['controller'] }));
  const texts = { name: 'A', minutes: 1, severity: 'warning', summary: () => '' } as const;
  alert({
    ...texts,
    expression: sum(runtimeMetrics.leader, { by: ['pod'] }),
    // @ts-expect-error its series have no such label
    description: ({ label }) => label('controller'),
  });
  // @ts-expect-error text is no expression
  alert({ ...texts, expression: { text: 'up', labels: [], unit: 'none' }, description: () => '' });
};
