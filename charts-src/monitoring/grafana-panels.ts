import type { JsonMap } from '../kubernetes/manifest';
import type { Unit } from './expression';
import type { Panel, PanelRow } from './panel';

/** Grafana's grid is 24 wide. */
const gridWidth = 24;
const sizes = { number: { w: 6, h: 4 }, name: { w: 6, h: 4 }, lines: { w: 8, h: 8 } } as const;

const grafanaUnits: Record<Unit, string> = {
  seconds: 's',
  bytes: 'bytes',
  'per second': 'ops',
  cores: 'percentunit',
  ratio: 'percentunit',
  none: 'short',
};

/** Panels of a dashboard, left to right and row by row; ids are their places. */
export function grafanaPanels(rows: readonly PanelRow[], dataSource: string): JsonMap[] {
  const placed: JsonMap[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    placed.push({
      id: placed.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: gridWidth, h: 1 },
      panels: [],
    });
    y += 1;
    let x = 0;
    let height = 0;
    for (const panel of panels) {
      const { w, h } = sizes[panel.shows];
      if (x + w > gridWidth) {
        x = 0;
        y += height;
        height = 0;
      }
      placed.push({ id: placed.length + 1, ...grafanaPanel(panel, dataSource), gridPos: { x, y, w, h } });
      x += w;
      height = Math.max(height, h);
    }
    y += height;
  }
  return placed;
}

function grafanaPanel(panel: Panel, uid: string): JsonMap {
  const { title, description, shows, queries } = panel;
  const datasource = { type: 'prometheus', uid };
  return {
    type: shows === 'lines' ? 'timeseries' : 'stat',
    title,
    description,
    datasource,
    targets: queries.map(({ expression, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource,
      expr: expression.text,
      legendFormat: [
        ...(legend === undefined ? [] : [legend]),
        ...expression.labels.map((label) => `{{${label}}}`),
      ].join(' '),
      range: shows === 'lines',
      instant: shows !== 'lines',
    })),
    ...(shows === 'lines' ? lines(panel) : present(panel)),
  };
}

function lines({ queries: [{ expression }] }: Panel): JsonMap {
  return {
    fieldConfig: {
      defaults: { unit: grafanaUnits[expression.unit], min: 0, custom: { fillOpacity: 10, showPoints: 'never' } },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}

function present({ queries: [{ expression }], shows, redBelow }: Panel): JsonMap {
  const steps = redBelow === undefined ? [{ color: 'blue', value: null }] : healthy(redBelow);
  return {
    fieldConfig: {
      defaults: { unit: grafanaUnits[expression.unit], thresholds: { mode: 'absolute', steps } },
      overrides: [],
    },
    options: {
      colorMode: 'value',
      graphMode: 'none',
      textMode: shows === 'name' ? 'name' : 'auto',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  };
}

function healthy(from: number): JsonMap[] {
  return [
    { color: 'red', value: null },
    { color: 'green', value: from },
  ];
}
