import { monitoringOf, withRegistrySync } from './rendered-monitoring';

const dashboardOf = (options: Parameters<typeof withRegistrySync>[0]) => {
  const [dashboard] = monitoringOf(withRegistrySync({ monitor: true, ...options })).dashboards;
  if (dashboard === undefined) throw new Error('no dashboard');
  return dashboard;
};
const dashboard = dashboardOf({});

it('shows what the operator of registry sync needs', () => {
  expect(dashboard.panels.map(({ title }) => title)).toEqual([
    ...['Registry sync', 'InferenceServices linked', 'Pods', 'Leader', 'Caches listed'],
    ...['Model Registries', 'Registry requests by code', 'Registry latency', 'Failures by reason'],
    ...['Linked over time', 'Cleanups skipped'],
    ...['Reconciles', 'Reconciles by result', 'Reconcile latency', 'Queue depth by priority', 'Time in the queue'],
    'Workers',
    ...['API server', 'API requests by method and code', 'Watch restarts', 'Objects in the caches'],
    ...['Process', 'Memory', 'CPU', 'Event loop lag p99'],
  ]);
});

it('keeps its uid when options change, and has another one per installation', () => {
  const { uid } = dashboard;
  expect(uid).toBe('slipway-21d615efb7501cc4');
  expect(dashboardOf({ replicas: 3, settings: { workers: 1 } }).uid).toBe(uid);
  const others = [{ namespace: 'team-a' }, { namePrefix: 'b-' }, { names: 'upstream' as const }];
  const uids = [uid, ...others.map((options) => dashboardOf(options).uid)];
  expect(new Set(uids).size).toBe(uids.length);
  for (const one of uids) expect(one).toMatch(/^[a-z0-9-]{1,40}$/);
});

it('gives each panel an id, and each query of a panel a reference, of its own', () => {
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { targets } of dashboard.panels) {
    const references = targets.map(({ refId }) => refId);
    expect(new Set(references).size).toBe(references.length);
  }
});

it('reads the data source that the variable chooses', () => {
  const [variable, ...more] = dashboard.templating.list;
  expect(more).toEqual([]);
  expect(variable).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
  for (const { datasource } of dashboard.panels.flatMap(({ targets }) => targets)) {
    expect(datasource).toEqual({ type: 'prometheus', uid: '$datasource' });
  }
});

it('puts panels side by side on 24 columns, none over another', () => {
  const taken = new Set<string>();
  for (const { gridPos } of dashboard.panels) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(taken.has(`${x} ${y}`)).toBe(false);
        taken.add(`${x} ${y}`);
      }
    }
  }
});

it('tells apart the lines of a panel', () => {
  for (const { title, type, targets } of dashboard.panels) {
    const legends = targets.map(({ legendFormat }) => legendFormat);
    expect([title, new Set(legends).size]).toEqual([title, legends.length]);
    if (type === 'timeseries') expect([title, legends]).not.toEqual([title, ['']]);
  }
});
