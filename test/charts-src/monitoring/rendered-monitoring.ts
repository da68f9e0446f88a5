import * as z from 'zod';
import { environment, type Environment } from '../../../charts-src/environments/environment';
import type { Manifest } from '../../../charts-src/kubernetes/manifest';
import { renderEnvironment } from '../../../charts-src/output/render-environment';

const ruleSchema = z.object({
  spec: z.object({
    groups: z.array(
      z.object({
        name: z.string(),
        rules: z.array(
          z.strictObject({
            alert: z.string(),
            expr: z.string(),
            for: z.string(),
            labels: z.record(z.string(), z.string()),
            annotations: z.record(z.string(), z.string()),
          }),
        ),
      }),
    ),
  }),
});

const dashboardSchema = z.object({
  uid: z.string(),
  title: z.string(),
  templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string(), query: z.string() })) }),
  panels: z.array(
    z.object({
      id: z.number(),
      type: z.enum(['row', 'stat', 'timeseries']),
      title: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z
        .array(
          z.object({
            refId: z.string(),
            expr: z.string(),
            legendFormat: z.string(),
            datasource: z.object({ type: z.string(), uid: z.string() }),
          }),
        )
        .default([]),
    }),
  ),
});

/** Monitoring objects as an environment renders them. */
export function monitoringOf(rendered: Environment) {
  const manifests = renderEnvironment(rendered).flatMap((component) => component.manifests);
  const rules = manifests
    .filter(({ kind }) => kind === 'PrometheusRule')
    .flatMap((manifest) => ruleSchema.parse(manifest).spec.groups.flatMap((group) => group.rules));
  const dashboards = manifests
    .filter(({ metadata }) => metadata.labels?.['grafana_dashboard'] === '1')
    .flatMap(({ data }) => Object.values(z.record(z.string(), z.string()).parse(data)))
    .map((text) => dashboardSchema.parse(JSON.parse(text)));
  const monitors = manifests.filter(({ kind }) => kind === 'ServiceMonitor');
  return { manifests, monitors, rules, dashboards };
}

/** An environment with these options of registry sync. */
export function withRegistrySync(registrySync: Parameters<typeof environment>[0]['registrySync']): Environment {
  return environment({ name: 'mine', ...(registrySync === undefined ? {} : { registrySync }) });
}

/** The object of a kind. @throws when there is none or more than one */
export function only(manifests: readonly Manifest[], kind: string): Manifest {
  const [found, ...more] = manifests.filter((manifest) => manifest.kind === kind);
  if (found === undefined || more.length > 0) throw new Error(`expected one ${kind}`);
  return found;
}
