import { ComponentFailure } from '../../../../controllers/serving/component-failure';
import { planTransformer } from '../../../../controllers/serving/transformer/plan-transformer';
import type { InferenceService } from '../../../../definitions/serving/inference-service';
import { service, settings } from '../plan-fixtures';

const planned = (
  transformer: InferenceService['spec']['transformer'],
  predictor: InferenceService['spec']['predictor'] = {},
  parts: object = {},
) => planTransformer(service(predictor, { ...(transformer && { transformer }), ...parts }), settings);
const argsOf = (...args: Parameters<typeof planned>) => planned(...args)?.podSpec.containers[0]?.args;
const own = { name: 'INFERENCE_SERVICE_NAME', value: 'iris' };

describe('the plan of a transformer', () => {
  it('tells its first container what it transforms for (case 14)', () => {
    expect(
      planned({ containers: [{ name: 'kserve-container', image: 't:1' }, { name: 'b' }], maxReplicas: 3 }),
    ).toEqual({
      component: 'transformer',
      name: 'iris-transformer',
      namespace: 'ml',
      labels: { 'serving.kserve.io/inferenceservice': 'iris', component: 'transformer' },
      annotations: {},
      podSpec: {
        containers: [
          {
            name: 'kserve-container',
            image: 't:1',
            args: ['--model_name', 'iris', '--predictor_host', 'iris-predictor.ml', '--http_port', '8080'],
            env: [own],
          },
          { name: 'b' },
        ],
      },
      extension: { maxReplicas: 3 },
    });
  });

  it('names the host of a predictor that has a name', () => {
    expect(argsOf({ containers: [{ name: 'a' }] }, { name: 'blue' })).toContain('iris-blue-predictor.ml');
  });

  it('leaves what the user says, in either form, and adds workers', () => {
    const args = ['--predictor_host=other', '--model_name', 'mine'];
    expect(argsOf({ containers: [{ name: 'a', args }], containerConcurrency: 4 })).toEqual([
      ...args,
      ...['--http_port', '8080', '--workers', '4'],
    ]);
  });

  it('starts no workers for unlimited requests at once', () => {
    expect(argsOf({ containers: [{ name: 'a' }], containerConcurrency: 0 })).not.toContain('--workers');
  });

  it('names a container that has no name', () => {
    expect(planned({ containers: [{ name: '' }] })?.podSpec.containers[0]?.name).toBe('kserve-container');
  });

  it('merges metadata and tells the pod webhook about files, logger and batcher (case 5)', () => {
    const plan = planned(
      {
        containers: [{ name: 'a', env: [{ name: 'STORAGE_URI', value: 's3://b/t' }] }],
        labels: { two: 'transformer' },
        annotations: { two: 'transformer', modelFormat: 'x' },
        logger: { mode: 'all' },
        batcher: {},
      },
      {},
      { labels: { one: 'service', two: 'service' }, annotations: { one: 'service', 'serving.kserve.io/stop': 'no' } },
    );
    expect(plan?.labels).toMatchObject({ one: 'service', two: 'transformer' });
    expect(plan?.annotations).toEqual({
      one: 'service',
      two: 'transformer',
      'internal.serving.kserve.io/storage-initializer-sourceuri': 's3://b/t',
      'internal.serving.kserve.io/logger': 'true',
      'internal.serving.kserve.io/logger-mode': 'all',
      'internal.serving.kserve.io/batcher': 'true',
    });
  });

  it('is none without a transformer, and is refused without containers (§17 row 24)', () => {
    expect(planned(undefined)).toBeUndefined();
    expect(() => planned({})).toThrow(ComponentFailure);
    expect(() => planned({})).toThrow('spec.transformer runs nothing: give it containers');
  });
});
