import { chooseRuntime, type Model } from '../../../../controllers/serving/runtimes/choose-runtime';
import { PredictorFailure } from '../../../../controllers/serving/predictor-failure';
import type { ServingRuntime } from '../../../../definitions/serving/serving-runtime';
import { runtime, thrownBy } from '../plan-fixtures';

const sklearn: Model = { modelFormat: { name: 'sklearn' } };
const formats = (format: object) => ({ supportedModelFormats: [{ name: 'sklearn', autoSelect: true, ...format }] });
const choose = (model: Model, namespaced: ServingRuntime[], cluster: ServingRuntime[] = [], multiNode = false) =>
  chooseRuntime(model, { namespaced, cluster }, multiNode);
const failure = (model: Model, ...runtimes: ServingRuntime[]) => {
  const error = thrownBy(() => choose(model, runtimes));
  expect(error).toBeInstanceOf(PredictorFailure);
  return error;
};

describe('a runtime that the model names', () => {
  const named = (model: Partial<Model> = {}): Model => ({ ...sklearn, runtime: 'own', ...model });

  it('is used also where it may not be chosen by itself (case 20)', () => {
    const own = runtime('own', formats({ autoSelect: false }));
    expect(choose(named(), [runtime('other'), own])).toMatchObject({ kind: 'ServingRuntime', name: 'own' });
  });

  it('is looked for in the namespace first, then in the cluster', () => {
    expect(choose(named(), [runtime('own')], [runtime('own')]).kind).toBe('ServingRuntime');
    expect(choose(named(), [], [runtime('own')]).kind).toBe('ClusterServingRuntime');
  });

  it('may hold many models or span nodes', () => {
    const own = runtime('own', { multiModel: true, workerSpec: { containers: [{ name: 'worker-container' }] } });
    expect(choose(named(), [own]).name).toBe('own');
  });

  it('is waited for when it is not there (case 21)', () => {
    expect(failure(named(), runtime('other'))).toMatchObject({
      reason: 'RuntimeNotRecognized',
      failure: 'Waiting for runtime to become available',
      message: 'No ServingRuntimes or ClusterServingRuntimes with the name: own',
    });
  });

  it('is refused when it is disabled (case 22)', () => {
    expect(failure(named(), runtime('own', { disabled: true }))).toMatchObject({
      reason: 'RuntimeDisabled',
      failure: 'Specified runtime is disabled',
      message: 'specified runtime own is disabled',
      runtime: { kind: 'ServingRuntime', name: 'own' },
    });
  });

  it('is refused when it does not speak the protocol', () => {
    expect(failure(named({ protocolVersion: 'v2' }), runtime('own', { protocolVersions: ['v1'] }))).toMatchObject({
      reason: 'NoSupportingRuntime',
      failure: 'Specified runtime does not support specified protocol version',
      message: 'specified runtime own does not support specified protocol version',
    });
  });

  it.each([{ name: 'xgboost' }, { name: 'sklearn', version: '2' }, { name: 'Sklearn' }])(
    'is refused for a format that it does not load, %j (case 23)',
    (modelFormat) => {
      expect(failure(named({ modelFormat }), runtime('own'))).toMatchObject({
        reason: 'NoSupportingRuntime',
        failure: 'Specified runtime does not support specified framework/version',
        message: 'specified runtime own does not support specified framework/version',
      });
    },
  );
});

describe('choosing a runtime (case 79)', () => {
  const at = (day: string) => ({ creationTimestamp: `2026-01-${day}T00:00:00Z` });
  it.each([
    [
      'the greatest priority wins, none is the least',
      [runtime('none'), runtime('two', formats({ priority: 2 })), runtime('one', formats({ priority: 1 }))],
      'two',
    ],
    [
      'a priority counts from the first entry of the format, whatever its version',
      [
        runtime('one', formats({ priority: 1 })),
        runtime('late', {
          supportedModelFormats: [
            { name: 'sklearn', version: '0' },
            { name: 'sklearn', autoSelect: true, priority: 9 },
          ],
        }),
      ],
      'one',
    ],
    [
      'then the simplest protocol, none is the last',
      [runtime('any'), runtime('named', { protocolVersions: ['v2', 'v1'] })],
      'named',
    ],
    [
      'then the newest',
      [runtime('old', {}, at('01')), runtime('new', {}, at('03')), runtime('mid', {}, at('02'))],
      'new',
    ],
    ['then the name', [runtime('b'), runtime('a'), runtime('c')], 'a'],
    ['disabled ones are passed over', [runtime('a', { disabled: true }), runtime('b')], 'b'],
    ['ones for many models are passed over', [runtime('a', { multiModel: true }), runtime('b')], 'b'],
    ['ones that want to be named are passed over', [runtime('a', formats({ autoSelect: false })), runtime('b')], 'b'],
    [
      'ones that span nodes are passed over',
      [runtime('a', { workerSpec: { containers: [{ name: 'worker-container' }] } }), runtime('b')],
      'b',
    ],
    [
      'ones without the default protocol are passed over',
      [runtime('a', { protocolVersions: ['v2'] }), runtime('b')],
      'b',
    ],
  ])('%s', (_what, runtimes, name) => {
    expect(choose(sklearn, runtimes).name).toBe(name);
    expect(choose(sklearn, [...runtimes].reverse()).name).toBe(name);
  });

  it('takes any runtime of the namespace before every runtime of the cluster', () => {
    const cluster = [runtime('cluster', formats({ priority: 9 }))];
    expect(choose(sklearn, [runtime('own')], cluster)).toMatchObject({ kind: 'ServingRuntime', name: 'own' });
    expect(choose(sklearn, [runtime('own', { disabled: true })], cluster)).toMatchObject({
      kind: 'ClusterServingRuntime',
      name: 'cluster',
    });
  });

  it('takes one that spans nodes for a model that does', () => {
    const spanning = runtime('b', { workerSpec: { containers: [{ name: 'worker-container' }] } });
    expect(choose(sklearn, [runtime('a'), spanning], [], true).name).toBe('b');
  });

  it.each([
    ['v2', 'mlserver'],
    ['v1', 'sklearnserver'],
    [undefined, 'sklearnserver'],
  ])('with protocol %s takes %s, as with the runtimes of upstream', (protocolVersion, name) => {
    const model = protocolVersion === undefined ? sklearn : { ...sklearn, protocolVersion };
    const runtimes = [
      runtime('sklearnserver', { ...formats({ version: '1', priority: 1 }), protocolVersions: ['v1', 'v2'] }),
      runtime('mlserver', { ...formats({ version: '1', priority: 2 }), protocolVersions: ['v2'] }),
    ];
    expect(choose(model, [], runtimes).name).toBe(name);
  });

  it.each([
    [{ name: 'sklearn', version: '1.0' }, '{sklearn 1.0}'],
    [{ name: 'sklearn', version: '2' }, '{sklearn 2}'],
    [{ name: 'onnx' }, '{onnx <nil>}'],
    [undefined, '{ <nil>}'],
  ])('fails for %j, which no runtime loads', (modelFormat, told) => {
    expect(failure(modelFormat === undefined ? {} : { modelFormat }, runtime('a'))).toMatchObject({
      reason: 'NoSupportingRuntime',
      failure: 'No runtime found to support specified framework/version',
      message: `no runtime found to support predictor with model type: ${told}`,
    });
  });

  it('looks at each runtime a few times only, however many there are', () => {
    let reads = 0;
    const many = Array.from({ length: 5_000 }, (_, index) => {
      const { metadata, spec } = runtime(`r${index}`);
      return {
        metadata,
        get spec() {
          reads += 1;
          return spec;
        },
      };
    });
    expect(choose(sklearn, [], many).name).toBe('r0');
    expect(reads / many.length).toBeLessThan(10);
  });
});
