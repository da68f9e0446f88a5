import { componentCounts, inventoryOf } from '../../../charts-src/review/inventory';
import { clusterObject, environmentOf, object, workload } from './objects';

const test = environmentOf('test', [clusterObject('Namespace', 'shop'), workload('web')]);
const live = environmentOf('live', [object('Service', 'db')], 'database');

describe('the inventory', () => {
  it('has every object of every environment with its scope', () => {
    expect(inventoryOf([test, live])).toEqual([
      { environment: 'test', component: 'web', kind: 'Namespace', group: 'core', namespace: undefined, name: 'shop' },
      { environment: 'test', component: 'web', kind: 'Deployment', group: 'apps', namespace: 'shop', name: 'web' },
      { environment: 'live', component: 'database', kind: 'Service', group: 'core', namespace: 'shop', name: 'db' },
    ]);
  });

  it('tells a component that is not installed from an empty one', () => {
    expect(componentCounts([test, live, environmentOf('empty', [])])).toEqual([
      { component: 'web', counts: [2, undefined, 0] },
      { component: 'database', counts: [undefined, 1, undefined] },
    ]);
  });
});
