import type { ComponentExtension } from '../../../../controllers/serving/component-plan';
import { desiredAutoscaling } from '../../../../controllers/serving/standard/autoscaler';
import { servingAnnotations } from '../../../../definitions/names/serving';
import { owner, tensorflowPlan } from './tensorflow-plan';

const autoscaling = (extension: ComponentExtension, autoscalerClass?: string) => {
  const annotations = autoscalerClass === undefined ? {} : { [servingAnnotations.autoscalerClass]: autoscalerClass };
  return desiredAutoscaling(tensorflowPlan({ extension, annotations }), owner);
};
const hpaSpec = (extension: ComponentExtension) => {
  const result = autoscaling(extension);
  if (result.kind !== 'hpa') throw new Error(`no HPA but ${result.kind}`);
  return result.hpa.spec;
};

type Metrics = NonNullable<NonNullable<ComponentExtension['autoScaling']>['metrics']>;

const utilization = (name: string, averageUtilization: number) => ({
  type: 'Resource',
  resource: { name, target: { type: 'Utilization', averageUtilization } },
});
const memoryValue = (averageValue: string) => ({
  type: 'Resource',
  resource: { name: 'memory', target: { type: 'AverageValue', averageValue } },
});

describe('the class', () => {
  it.each([undefined, 'hpa'])('%s is an HPA for the Deployment', (autoscalerClass) => {
    expect(autoscaling({}, autoscalerClass)).toMatchObject({
      kind: 'hpa',
      hpa: {
        metadata: {
          name: 'raw-foo-predictor',
          labels: { app: 'isvc.raw-foo-predictor' },
          ownerReferences: [{ uid: owner.uid }],
        },
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'raw-foo-predictor' } },
      },
    });
  });

  it.each(['none', 'external'])('%s is none of ours (case 31)', (autoscalerClass) => {
    expect(autoscaling({}, autoscalerClass)).toEqual({ kind: 'none' });
  });

  it('keda is not supported, and there is no HPA beside it (§17 row 17)', () => {
    expect(autoscaling({}, 'keda')).toEqual({
      kind: 'unsupported',
      autoscalerClass: 'keda',
      note: 'autoscaler class keda is not supported yet: use hpa, external or none',
    });
  });

  it('that nobody knows is named', () => {
    expect(autoscaling({}, 'toString')).toMatchObject({
      kind: 'unsupported',
      note: 'unknown autoscaler class type: toString; known are hpa, external, keda, none',
    });
  });
});

it.each<[ComponentExtension, number, number]>([
  [{}, 1, 1],
  [{ minReplicas: 0 }, 1, 1],
  [{ minReplicas: 0, maxReplicas: 3 }, 1, 3],
  [{ minReplicas: 2 }, 2, 2],
  [{ minReplicas: 2, maxReplicas: 5 }, 2, 5],
  [{ minReplicas: 5, maxReplicas: 2 }, 5, 5],
  [{ maxReplicas: 0 }, 1, 1],
])('bounds %j are %i and %i (case 82)', (extension, minReplicas, maxReplicas) => {
  expect(hpaSpec(extension)).toMatchObject({ minReplicas, maxReplicas });
});

describe('metrics (case 82)', () => {
  it.each<[string, ComponentExtension, unknown]>([
    ['cpu at 80', {}, [utilization('cpu', 80)]],
    ['cpu at the target', { scaleTarget: 50 }, [utilization('cpu', 50)]],
    ['cpu at the target when named', { scaleMetric: 'cpu', scaleTarget: 50 }, [utilization('cpu', 50)]],
    ['memory at the target', { scaleMetric: 'memory', scaleTarget: 70 }, [utilization('memory', 70)]],
    ['none for memory without target', { scaleMetric: 'memory' }, undefined],
  ])('without autoScaling are %s', (_name, extension, metrics) => {
    expect(hpaSpec(extension)?.metrics).toEqual(metrics);
  });

  it.each<[string, Metrics, unknown]>([
    [
      'cpu with its utilization',
      [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 60 } } }],
      [utilization('cpu', 60)],
    ],
    [
      'cpu whatever its target type',
      [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '1' } } }],
      [utilization('cpu', 80)],
    ],
    [
      'memory by value (case 29)',
      [{ type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '10Gi' } } }],
      [memoryValue('10Gi')],
    ],
    [
      'memory by utilization',
      [{ type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 60 } } }],
      [utilization('memory', 60)],
    ],
    [
      'memory by a number',
      [{ type: 'Resource', resource: { name: 'memory', target: { averageValue: 1024 } } }],
      [memoryValue('1024')],
    ],
    [
      'both',
      [
        { type: 'Resource', resource: { name: 'cpu', target: {} } },
        { type: 'Resource', resource: { name: 'memory', target: { averageUtilization: 60 } } },
      ],
      [utilization('cpu', 80), utilization('memory', 60)],
    ],
    ['none of what an HPA lacks', [{ type: 'PodMetric', podmetric: {} }], undefined],
  ])('of autoScaling are %s', (_name, metrics, expected) => {
    expect(hpaSpec({ autoScaling: { metrics }, scaleTarget: 5 })?.metrics).toEqual(expected);
  });

  it('are those of scaleTarget when autoScaling has a behavior only', () => {
    expect(hpaSpec({ autoScaling: { behavior: {} }, scaleTarget: 50 })?.metrics).toEqual([utilization('cpu', 50)]);
  });
});

describe('behavior (§17 row 17)', () => {
  it('is that of the user', () => {
    const behavior = {
      scaleUp: {
        stabilizationWindowSeconds: 10,
        policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
        tolerance: '50m',
      },
      scaleDown: { selectPolicy: 'Disabled' },
    };
    expect(hpaSpec({ autoScaling: { behavior } })?.behavior).toEqual(behavior);
  });

  it('is left to the API server otherwise', () => {
    expect(hpaSpec({})?.behavior).toEqual({});
  });
});

describe('a metric that an HPA lacks (§17 row 52)', () => {
  it.each(['concurrency', 'rps'] as const)(
    '%s is told, and cpu scales at the default whatever the target',
    (scaleMetric) => {
      const result = autoscaling({ scaleMetric, scaleTarget: 10 });
      expect(result).toMatchObject({ kind: 'hpa', hpa: { spec: { metrics: [utilization('cpu', 80)] } } });
      expect(result).toHaveProperty(
        'unsupportedMetric',
        `scale metric ${scaleMetric} is not available to a HorizontalPodAutoscaler, which scales by cpu and memory only: ` +
          'use KEDA (autoscaler class keda) or the deployment mode Knative',
      );
    },
  );

  it('of autoScaling is told, and others are not', () => {
    const metrics: Metrics = [{ type: 'External' }, { type: 'Resource', resource: { name: 'cpu', target: {} } }];
    expect(autoscaling({ autoScaling: { metrics } })).toHaveProperty(
      'unsupportedMetric',
      expect.stringContaining('scale metric External is'),
    );
    expect(autoscaling({ scaleMetric: 'memory', scaleTarget: 5 })).not.toHaveProperty('unsupportedMetric');
  });
});
