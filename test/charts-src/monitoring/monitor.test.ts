import { App } from 'cdk8s';
import * as z from 'zod';
import { Component } from '../../../charts-src/kubernetes/component';
import { applyPasses } from '../../../charts-src/kubernetes/passes';
import { toManifest } from '../../../charts-src/kubernetes/manifest';
import { type HttpsMetrics, ServiceMonitor } from '../../../charts-src/monitoring/service-monitor';
import { kubeflow } from '../../../charts-src/environments/kubeflow';
import { testCluster } from '../../cluster/test-cluster';
import { monitoringOf, only, withRegistrySync } from './rendered-monitoring';

const cluster = testCluster();
const monitorSpec = z.object({
  selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
  endpoints: z.array(z.object({ port: z.string() })),
});
const kindsOf = (options: Parameters<typeof withRegistrySync>[0]) =>
  monitoringOf(withRegistrySync(options)).manifests.flatMap(({ kind, metadata }) =>
    ['ServiceMonitor', 'PrometheusRule'].includes(kind) || metadata.labels?.['grafana_dashboard'] !== undefined
      ? [kind]
      : [],
  );

it.each([
  ['nothing by default', {}, []],
  ['all of it', { monitor: true }, ['ConfigMap', 'ServiceMonitor', 'PrometheusRule']],
  ['no alerts', { monitor: true, monitoring: { alerts: false } }, ['ConfigMap', 'ServiceMonitor']],
  ['no dashboard', { monitor: true, monitoring: { dashboard: false } }, ['ServiceMonitor', 'PrometheusRule']],
])('the options choose what is rendered: %s', (_, options, kinds) => {
  expect(kindsOf(options)).toEqual(kinds);
});

it('takes the place of upstream’s controller without them', () => {
  const { monitors, rules, dashboards } = monitoringOf(kubeflow());
  expect([monitors, rules, dashboards]).toEqual([[], [], []]);
});

it('puts the labels by which Prometheus selects on monitor and rules', () => {
  const labels = { release: 'kube-prometheus-stack' };
  const { manifests } = monitoringOf(withRegistrySync({ monitor: true, monitoring: { labels } }));
  for (const kind of ['ServiceMonitor', 'PrometheusRule']) {
    expect(only(manifests, kind).metadata.labels).toMatchObject(labels);
  }
  expect(() => withRegistrySync({ monitoring: { labels: { release: 'a b' } } })).toThrow(
    'registrySync.monitoring.labels.release: got "a b", expected at most 63 letters, digits, dashes, dots',
  );
});

it('selects the metrics Service by labels that it alone has, and a port of it', () => {
  for (const names of ['slipway', 'upstream'] as const) {
    const { manifests } = monitoringOf(withRegistrySync({ monitor: true, names }));
    const { spec, metadata } = only(manifests, 'ServiceMonitor');
    const service = only(manifests, 'Service');
    const { selector, endpoints } = monitorSpec.parse(spec);
    expect(metadata.namespace).toBe(service.metadata.namespace);
    expect(service.metadata.labels).toMatchObject(selector.matchLabels);
    expect(service['spec']).toMatchObject({ ports: endpoints.map(({ port }) => ({ name: port })) });
  }
});

describe('on a cluster with the Prometheus operator’s definitions', () => {
  beforeAll(async () => {
    await cluster.installForeignCrds('prometheus-operator');
  }, 120_000);

  it('everything applies under strict validation, with labels, under upstream’s names', async () => {
    const namespace = await cluster.namespace('monitoring');
    const monitoring = { labels: { release: 'kube-prometheus-stack' } };
    const { manifests } = monitoringOf(withRegistrySync({ monitor: true, names: 'upstream', namespace, monitoring }));
    for (const manifest of manifests.filter(({ kind }) => ['ServiceMonitor', 'PrometheusRule'].includes(kind))) {
      await cluster.apply(manifest, { fieldManager: 'gitops' });
    }
  });

  it.each<[string, HttpsMetrics]>([
    ['with the authority of a Secret', { authority: { secretName: 's', key: 'ca.crt', serverName: 'm.ns.svc' } }],
    ['with any certificate', {}],
  ])('a monitor of HTTPS metrics applies: %s', async (_, https) => {
    const namespace = await cluster.namespace('https');
    const labels = { name: 'mine', instance: 'mine', component: 'controller' };
    const chart = new Component(new App(), 'mine', { directory: 'mine', labels });
    new ServiceMonitor(chart, 'Monitor', {
      name: 'mine',
      namespace,
      labels: {},
      serviceLabels: { app: 'mine' },
      port: 'https',
      https,
    });
    const rendered = chart.toJson().map((object) => toManifest(object));
    for (const manifest of applyPasses(rendered, { labels, images: new Set() })) {
      await cluster.apply(manifest, { fieldManager: 'gitops' });
    }
  });
});
