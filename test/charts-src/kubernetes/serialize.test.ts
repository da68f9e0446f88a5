import { CORE_SCHEMA, load, loadAll, YAML11_SCHEMA } from 'js-yaml';
import { serialize, serializeManifests } from '../../../charts-src/kubernetes/serialize';

/** Text that one or the other YAML version takes for something else when it is not quoted. */
const treacherous = [
  ...['0o17', '017', '0x1f', '0b101', '1_000', '1e3', '12e03', '.5', '+1', '.inf', '.nan', '1:30', '2020-01-01'],
  ...['=', '<<', '~', 'null', 'Null', 'yes', 'No', 'on', 'OFF', 'y', 'n', 'true', 'FALSE', ''],
  ...['- a', 'a: b', 'a #b', '#a', '{a}', '[a]', '@a', '`a', '*a', '&a', '!a', '|', '>', '%a', '? a', ' a', 'a '],
  ...[
    'two\nlines',
    'ends\n',
    'ends twice\n\n',
    '\n',
    'tab\there',
    '"',
    "'",
    'é—😀',
    '\u0085',
    '\u2028',
    'x'.repeat(500),
  ],
];

describe('YAML', () => {
  it.each([
    ['1.2', CORE_SCHEMA],
    ['1.1', YAML11_SCHEMA],
  ])('reads back equal with a YAML %s parser', (_, schema) => {
    const value = {
      texts: treacherous,
      keys: Object.fromEntries(treacherous.map((text, index) => [text, index])),
      numbers: [0, -1, 1.5, 1e21],
      others: [true, false, null, {}, []],
    };
    expect(load(serialize(value), { schema })).toEqual(value);
  });

  it('is the same whatever the order of keys, and never folds lines', () => {
    const text = serialize({ spec: { b: 1, a: 'word '.repeat(60), B: 2 }, kind: 'K', apiVersion: 'v1' });
    expect(text).toBe(serialize({ apiVersion: 'v1', kind: 'K', spec: { B: 2, a: 'word '.repeat(60), b: 1 } }));
    expect(text.split('\n').map((line) => line.split(':')[0]?.trim())).toEqual([
      'apiVersion',
      'kind',
      'spec',
      'B',
      'a',
      'b',
      '',
    ]);
  });

  it('repeats what occurs twice instead of referring to it', () => {
    const shared = { a: 1 };
    expect(serialize({ one: shared, two: shared })).toBe('one:\n  a: 1\ntwo:\n  a: 1\n');
  });

  it('tells two definitions of one name apart', () => {
    const definition = (scope: string) => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'x' },
      spec: { scope },
    });
    const both = [definition('Cluster'), definition('Namespaced')];
    expect(loadAll(serializeManifests([...both, ...both]))).toEqual([...both, ...both]);
  });
});
