import { environments } from '../../../charts-src/environments/environments';
import { targetLabels } from '../../../charts-src/monitoring/scrape-target';
import type { MetricDefinition } from '../../../definitions/metrics/metric';
import { processMetrics } from '../../../definitions/metrics/process';
import { modelServerMetrics } from '../../../definitions/metrics/model-servers';
import { inferenceRunsMetrics } from '../../../definitions/metrics/inference-runs';
import { runnerMetrics } from '../../../definitions/metrics/runner';
import { registrySyncMetrics } from '../../../definitions/metrics/registry-sync';
import { servingMetrics } from '../../../definitions/metrics/serving';
import { webhookMetrics } from '../../../definitions/metrics/webhooks';
import { runtimeMetrics } from '../../../definitions/metrics/runtime';
import { processRegistry, seriesInPrometheus } from './exposed-metrics';
import { readQuery } from './query-text';
import { monitoringOf, withRegistrySync } from './rendered-monitoring';

const rendered = [
  ...environments.map((make) => make()),
  withRegistrySync({ monitor: true, names: 'upstream', namePrefix: 'b-' }),
].map(monitoringOf);
const queries = new Set(
  rendered.flatMap(({ rules, dashboards }) => [
    ...rules.map(({ expr }) => expr),
    ...dashboards.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))),
  ]),
);
const series = seriesInPrometheus();
const honoured: readonly string[] = [servingMetrics.modelLoadSeconds.name, servingMetrics.notReadySeconds.name];
const elsewhere = [
  ...honoured,
  ...[modelServerMetrics, runnerMetrics].flatMap((some) => Object.values(some).map(({ name }) => name)),
];

it('there are queries of alerts and of dashboards', () => {
  expect(queries.size).toBeGreaterThan(30);
});

describe.each([...queries])('%s', (text) => {
  const { metrics, grouping } = readQuery(text);

  it('selects metrics that the process exposes, by labels that they have', () => {
    expect(metrics).not.toHaveLength(0);
    for (const { name, labels } of metrics) {
      expect([...series.keys()]).toContain(name);
      expect([...(series.get(name) ?? [])]).toEqual(expect.arrayContaining([...labels]));
    }
  });

  it('reads one installation only', () => {
    for (const { name, labels } of metrics) {
      // These say whose namespace they are about: the job alone tells installations apart.
      const own = elsewhere.some((one) => name.startsWith(one));
      expect(labels).toEqual(expect.arrayContaining(own ? ['job'] : ['job', 'namespace']));
    }
  });

  it('keeps labels that all of its metrics have', () => {
    for (const { name } of metrics) {
      expect([...(series.get(name) ?? [])]).toEqual(expect.arrayContaining([...grouping]));
    }
  });
});

describe('the definitions', () => {
  const definitions: readonly MetricDefinition[] = [
    ...Object.values(runtimeMetrics),
    ...Object.values(registrySyncMetrics),
    ...Object.values(servingMetrics),
    ...Object.values(inferenceRunsMetrics),
    ...Object.values(webhookMetrics),
    ...Object.values(processMetrics),
  ];
  const exposed = new Map(processRegistry().map((metric) => [metric.name, metric]));

  it.each(definitions.map((definition) => [definition.name, definition] as const))(
    '%s is exposed with its type, help and labels',
    (name, { type, help, labels }) => {
      expect(exposed.get(name)).toEqual({ name, type, help, labels });
    },
  );

  it('cover every metric but the process’ own', () => {
    const defined = new Set(definitions.map(({ name }) => name));
    const others = [...exposed.keys()].filter((name) => !defined.has(name));
    expect(others.filter((name) => !/^(process|nodejs)_/.test(name))).toEqual([]);
  });

  it('give no label that Prometheus gives: it would rename ours', () => {
    const taken = new Set<string>(targetLabels);
    // The monitor of the serving controller lets its labels stand.
    const others = definitions.filter(({ name }) => !honoured.includes(name));
    expect(others.flatMap(({ labels }) => labels).filter((label) => taken.has(label))).toEqual([]);
    const monitors = rendered
      .flatMap(({ monitors: some }) => some)
      .filter(({ metadata }) => metadata.namespace === 'kserve');
    expect(monitors).toHaveLength(1);
    expect(JSON.stringify(monitors)).toContain('"honorLabels":true');
  });

  it('say the unit that the name says', () => {
    for (const { name, unit } of definitions) {
      expect([name, unit]).toEqual([name, /_(seconds|bytes)(_total)?$/.exec(name)?.[1]]);
    }
  });
});

describe('the reader of queries', () => {
  it('finds metrics, the labels they are selected by and those that are kept', () => {
    expect(readQuery('sum by (pod) (rate(a_total{job="x{", code=~"5.."}[5m])) / min(b offset 15m) > 0.5')).toEqual({
      metrics: [
        { name: 'a_total', labels: ['job', 'code'] },
        { name: 'b', labels: [] },
      ],
      grouping: ['pod'],
    });
  });

  it.each([
    ['sum(a', 'missing'],
    ['sum(a})', 'closes nothing'],
    ['summ(a)', 'unknown function summ'],
    ['sum(a{b="c)', 'unexpected "c)'],
  ])('refuses %s', (text, message) => {
    expect(() => readQuery(text)).toThrow(message);
  });
});
