import type { Manifest } from '../../../charts-src/kubernetes/manifest';
import { differencesOf } from '../../../charts-src/review/differences';
import { clusterObject, environmentOf, object, workload } from './objects';

const configMap = (name: string, text: string) => object('ConfigMap', name, { data: { file: text } });
const service = (name: string, port: number, more = {}) =>
  object('Service', name, { spec: { type: 'ClusterIP', clusterIP: 'None', port, ...more } });

/** The differences of one component between environments `one`, `two` ... with these objects. */
function differences(...environments: (readonly Manifest[])[]) {
  const names = ['one', 'two', 'three'];
  return differencesOf(environments.map((manifests, index) => environmentOf(names[index] ?? '', manifests)))[0];
}

describe('how environments differ', () => {
  it('is nothing for the same objects in another order', () => {
    const [a, b] = [workload('a'), workload('b')];
    expect(differences([a, b], [b, a])).toEqual({
      component: 'web',
      environments: ['one', 'two'],
      partial: [],
      differing: [],
      equal: 2,
    });
  });

  it('shows objects that only some have', () => {
    const budget = object('PodDisruptionBudget', 'web');
    expect(differences([workload('a')], [workload('a'), budget], [workload('a'), budget])).toMatchObject({
      partial: [{ object: 'PodDisruptionBudget shop/web', present: [false, true, true] }],
      equal: 1,
    });
  });

  it('shows the values of a field that is not the same everywhere, and where it is not', () => {
    const plain = service('web', 80);
    const found = differences([plain], [service('web', 81)], [service('web', 80, { extra: true })]);
    expect(found?.differing).toEqual([
      {
        object: 'Service shop/web',
        fields: [
          { path: 'spec.extra', values: [undefined, undefined, 'true'] },
          { path: 'spec.port', values: ['80', '81', '80'] },
        ],
      },
    ]);
  });

  it('compares containers by name, not by place', () => {
    const containers = (...names: string[]) =>
      workload('a', { containers: names.map((name) => ({ name, image: 'i' })) });
    expect(differences([containers('x', 'y')], [containers('y', 'x')])?.differing).toEqual([]);
  });

  it('finds the same object under another name by its content', () => {
    const found = differences([configMap('a', 'x'), configMap('b', 'y')], [configMap('c', 'y'), configMap('a', 'x')]);
    expect(found?.partial).toEqual([]);
    expect(found?.differing).toEqual([
      { object: 'ConfigMap shop/b = ConfigMap shop/c', fields: [{ path: 'metadata.name', values: ['b', 'c'] }] },
    ]);
  });

  it('finds it by likeness when one of the kind is left on either side', () => {
    const found = differences([service('web', 80)], [service('front', 81)]);
    expect(found?.differing.map(({ object: name, fields }) => [name, fields.map(({ path }) => path)])).toEqual([
      ['Service shop/web = Service shop/front', ['metadata.name', 'spec.port']],
    ]);
  });

  it.each<[string, Manifest[], Manifest[]]>([
    [
      'objects that have little in common',
      [service('web', 80)],
      [object('Service', 'x', { spec: { externalName: 'y', a: 1, b: 2 } })],
    ],
    ['objects of which two would fit', [configMap('a', 'x'), configMap('b', 'x')], [configMap('c', 'x')]],
    ['objects with nothing but a name', [clusterObject('Namespace', 'a')], [clusterObject('Namespace', 'b')]],
  ])('does not pair %s', (_, one, two) => {
    const found = differences(one, two);
    expect(found?.partial).toHaveLength(one.length + two.length);
    expect(found?.differing).toEqual([]);
  });

  it('shows of long texts only the lines that are not everywhere', () => {
    const found = differences([configMap('a', 'x: 1\ny: 2\nz: 3\n')], [configMap('a', 'x: 1\ny: 5\nz: 3\n')]);
    expect(found?.differing[0]?.fields).toEqual([{ path: 'data.file', values: ['y: 2', 'y: 5'] }]);
  });

  it('leaves out components that one environment has alone', () => {
    expect(differencesOf([environmentOf('one', [workload('a')], 'web'), environmentOf('two', [], 'api')])).toEqual([]);
  });
});
