import { ComponentFailure } from '../../../../controllers/serving/component-failure';
import { planExplainer } from '../../../../controllers/serving/explainer/plan-explainer';
import type { InferenceService } from '../../../../definitions/serving/inference-service';
import { service, settings } from '../plan-fixtures';

const planned = (explainer: InferenceService['spec']['explainer'], parts: object = {}) =>
  planExplainer(service({}, { ...(explainer && { explainer }), ...parts }), settings);
const start = ['--model_name', 'iris', '--http_port', '8080'];
const host = ['--predictor_host', 'iris-predictor.ml'];

describe('the plan of an explainer', () => {
  it('tells a container of the user what it explains for, and not its name (§17 row 14)', () => {
    expect(planned({ containers: [{ name: 'kserve-container', image: 'e:1' }], containerConcurrency: 2 })).toEqual({
      component: 'explainer',
      name: 'iris-explainer',
      namespace: 'ml',
      labels: { 'serving.kserve.io/inferenceservice': 'iris', component: 'explainer' },
      annotations: {},
      podSpec: {
        containers: [
          {
            name: 'kserve-container',
            image: 'e:1',
            args: ['--model_name', 'iris', ...host, '--http_port', '8080', '--workers', '2'],
          },
        ],
      },
      extension: { containerConcurrency: 2 },
    });
  });

  it('always says the port', () => {
    const args = ['--http_port', '9000', '--model_name=mine', '--predictor_host=other'];
    expect(planned({ containers: [{ name: 'a', args }] })?.podSpec.containers[0]?.args).toEqual([
      ...args,
      ...['--http_port', '8080'],
    ]);
  });

  it('runs the toolbox with its parameters in order and the user’s arguments once (§17 row 13)', () => {
    const art = {
      type: 'SquareAttack',
      name: 'own',
      storageUri: 's3://b/e',
      config: { nb_classes: '10', max_iter: '5' },
      args: ['--own'],
    };
    expect(planned({ art, containerConcurrency: 2 })?.podSpec.containers).toEqual([
      {
        name: 'kserve-container',
        image: 'kserve/art-explainer:latest',
        args: [
          ...[...start, ...host, '--workers', '2', '--storage_uri', '/mnt/models', '--adversary_type', 'SquareAttack'],
          ...['--max_iter', '5', '--nb_classes', '10', '--own'],
        ],
      },
    ]);
  });

  it('leaves host and workers of the toolbox to the user, and takes image and version', () => {
    const art = { type: 'SquareAttack', args: ['--predictor_host=x', '--workers', '1'] };
    const containers = planned({ art: { ...art, runtimeVersion: '2.0' }, containerConcurrency: 2 })?.podSpec.containers;
    expect(containers?.[0]).toMatchObject({
      image: 'kserve/art-explainer:2.0',
      args: [...start, '--adversary_type', 'SquareAttack', ...art.args],
    });
    expect(planned({ art: { ...art, image: 'own:1' } })?.podSpec.containers[0]?.image).toBe('own:1');
  });

  it('tells the pod webhook about files and logger, but no batcher (§17 row 14)', () => {
    const uri = { 'internal.serving.kserve.io/storage-initializer-sourceuri': 's3://b/e' };
    expect(planned({ art: { storageUri: 's3://b/e' }, batcher: {} })?.annotations).toEqual(uri);
    const env = [{ name: 'STORAGE_URI', value: 's3://b/e' }];
    expect(planned({ containers: [{ name: 'a', env }], logger: { mode: 'all' } })?.annotations).toEqual({
      ...uri,
      'internal.serving.kserve.io/logger': 'true',
      'internal.serving.kserve.io/logger-mode': 'all',
    });
  });

  it('is none without an explainer, and is refused when there is nothing to run (§17 row 24)', () => {
    expect(planned(undefined)).toBeUndefined();
    expect(() => planned({ containers: [] })).toThrow(ComponentFailure);
    expect(() => planned({})).toThrow('spec.explainer runs nothing: give it art, or containers of its own');
  });
});
