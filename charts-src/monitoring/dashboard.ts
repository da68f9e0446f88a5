import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { JsonMap } from '../kubernetes/manifest';
import { grafanaPanels } from './grafana-panels';
import type { PanelRow } from './panel';
import type { ScrapeTarget } from './scrape-target';

/** Lets who looks choose values of a label, all of them until then. Queries name it `$name`, as a regular expression. */
export interface DashboardVariable {
  readonly name: string;
  readonly label: string;
  /** Asks for the values. */
  readonly query: string;
}

export interface DashboardProps {
  /** Name of the ConfigMap, and of the file in it. */
  readonly name: string;
  /** Title in Grafana's list. */
  readonly title: string;
  readonly target: ScrapeTarget;
  readonly rows: readonly PanelRow[];
  /** @default none but the data source */
  readonly variables?: readonly DashboardVariable[];
}

/** By this label Grafana's sidecar finds dashboards, as its chart and kube-prometheus-stack set it up. */
const sidecarLabel = { grafana_dashboard: '1' };

/**
 * A Grafana dashboard about one scrape target, as the ConfigMap that Grafana's sidecar loads. The sidecar has to search the
 * namespace (`searchNamespace: ALL`).
 */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { name, title, target, rows, variables = [] }: DashboardProps) {
    super(scope, id);
    const { namespace, job } = target;
    const dashboard = {
      // Links and stars hang on it, Grafana takes 40 characters: the same for ever, another one per installation.
      uid: `slipway-${createHash('sha256').update(`${namespace}/${job}`).digest('hex').slice(0, 16)}`,
      title: `${title} (${namespace}/${job})`,
      tags: ['slipway'],
      schemaVersion: 39,
      version: 1,
      editable: false,
      graphTooltip: 1,
      refresh: '1m',
      time: { from: 'now-6h', to: 'now' },
      timezone: 'browser',
      links: [],
      annotations: { list: [] },
      templating: { list: [dataSourceVariable, ...variables.map(labelVariable)] },
      // Without braces: Flux takes those for variables of its own.
      panels: grafanaPanels(rows, `$${dataSourceVariable.name}`),
    };
    new k8s.KubeConfigMap(this, 'ConfigMap', {
      metadata: { name, namespace, labels: { ...sidecarLabel } },
      data: { [`${name}.json`]: `${JSON.stringify(dashboard, null, 2)}\n` },
    });
  }
}

/** Lets who looks choose among the Prometheus servers that Grafana knows. */
const dataSourceVariable = {
  name: 'datasource',
  label: 'Data source',
  type: 'datasource',
  query: 'prometheus',
  refresh: 1,
  regex: '',
  hide: 0,
  multi: false,
  includeAll: false,
  options: [],
  current: {},
};

function labelVariable({ name, label, query }: DashboardVariable): JsonMap {
  return {
    name,
    label,
    type: 'query',
    query,
    datasource: { type: 'prometheus', uid: `$${dataSourceVariable.name}` },
    // With each change of the time range: models come and go.
    refresh: 2,
    regex: '',
    sort: 1,
    hide: 0,
    multi: true,
    includeAll: true,
    allValue: '.*',
    options: [],
    current: { text: 'All', value: '$__all' },
  };
}
