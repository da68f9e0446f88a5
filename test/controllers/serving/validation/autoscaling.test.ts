import { servingAnnotations } from '../../../../definitions/names/serving';
import type { ComponentExtension } from '../../../../controllers/serving/component-plan';
import { refusedAutoscaling } from '../../../../controllers/serving/validation/autoscaling';
import { validateInferenceService } from '../../../../controllers/serving/validation/inference-service';
import { modelPredictor, serviceWith, settings, standard } from '../admission-objects';

const classOf = (name: string) => standard({ [servingAnnotations.autoscalerClass]: name });
const knativeHpa = { [servingAnnotations.knativeAutoscalerClass]: 'hpa.autoscaling.knative.dev' };
type Metric = NonNullable<NonNullable<ComponentExtension['autoScaling']>['metrics']>[number];
const metrics = (...list: Metric[]): ComponentExtension => ({ autoScaling: { metrics: list } });
const cpu = (target: NonNullable<Metric['resource']>['target']): Metric => ({
  type: 'Resource',
  resource: { name: 'cpu', target },
});
const memory = (target: NonNullable<Metric['resource']>['target']): Metric => ({
  type: 'Resource',
  resource: { name: 'memory', target },
});

describe('an HPA (case 58)', () => {
  const percent = 'the target utilization percentage should be a [1-100] integer';

  it.each<[ComponentExtension, string | undefined]>([
    [{ scaleMetric: 'concurrency' }, '[concurrency] is not a supported metric'],
    [{ scaleTarget: -1 }, percent],
    [{ scaleTarget: 101 }, percent],
    [{ scaleTarget: 100 }, undefined],
    [{ scaleMetric: 'memory', scaleTarget: -10 }, 'the target memory should be greater than 1 MiB'],
    [
      metrics({ type: 'External' }),
      'invalid HPA metric source type with value [External],valid metric source types are Resource',
    ],
    [metrics({ type: 'Resource' }), 'metricSpec.Resource is not set for resource metric source type'],
  ])('%j: %s', (extension, refusal) => {
    expect(refusedAutoscaling(classOf('hpa'), extension)).toBe(refusal);
    expect(refusedAutoscaling(knativeHpa, extension)).toBe(refusal);
  });

  it('takes more than 100 mebibytes of memory (§17 row 34)', () => {
    expect(refusedAutoscaling(classOf('hpa'), { scaleMetric: 'memory', scaleTarget: 4096 })).toBeUndefined();
  });
});

describe('KEDA (case 59)', () => {
  const query = { metric: { query: 'a' } };
  const noValue = 'the target threshold value should not be empty';

  it.each<[ComponentExtension, string | undefined]>([
    [{ scaleMetric: 'cpu' }, 'ScaleMetric is not supported for KEDA'],
    [metrics({ type: 'Resource' }), 'metricSpec.Resource is not set for resource metric source type'],
    [metrics(cpu({ type: 'AverageValue', averageValue: 1 })), 'the cpu target value type should be Utilization'],
    [metrics(cpu({ type: 'Utilization' })), 'the AverageUtilization type should be set'],
    [
      metrics(cpu({ type: 'Utilization', averageUtilization: 0 })),
      'the target utilization percentage should be a [1-100] integer',
    ],
    [
      metrics(memory({ type: 'Value', value: 1 })),
      'the memory target value type should be AverageValue or Utilization',
    ],
    [
      metrics(memory({ type: 'AverageValue', averageValue: 50 })),
      'the memory target value should be greater than 1 MiB',
    ],
    [
      metrics(memory({ type: 'AverageValue', averageValue: '1023Ki' })),
      'the memory target value should be greater than 1 MiB',
    ],
    [metrics(memory({ type: 'AverageValue', averageValue: '1Mi' })), undefined],
    [metrics(memory({ type: 'AverageValue' })), 'the AverageValue type should be set'],
    [metrics({ type: 'External' }), 'metricSpec.External is not set for external metric source type'],
    [metrics({ type: 'External', external: { metric: { query: '' } } }), 'the query should not be empty'],
    [metrics({ type: 'External', external: query }), noValue],
    [metrics({ type: 'External', external: { ...query, target: { type: 'Value', value: 2 } } }), undefined],
    [metrics({ type: 'PodMetric' }), 'metricSpec.PodMetric is not set for pod metric source type'],
    [metrics({ type: 'PodMetric', podmetric: {} }), 'the query should not be empty'],
    [metrics({ type: 'PodMetric', podmetric: { ...query, target: {} } }), noValue],
  ])('%j: %s', (extension, refusal) => {
    expect(refusedAutoscaling(classOf('keda'), extension)).toBe(refusal);
  });
});

describe('Knative (case 60)', () => {
  it.each<[ComponentExtension, string | undefined]>([
    [{ scaleMetric: 'cpu' }, '[cpu] is not a supported metric'],
    [{ scaleMetric: 'rps', scaleTarget: -1 }, 'the target for rps should be greater than 1'],
    [{ scaleMetric: 'rps', scaleTarget: 1 }, undefined],
    [{ deploymentStrategy: {} }, 'customizing deploymentStrategy is only supported for raw deployment mode'],
  ])('%j: %s', (extension, refusal) => {
    expect(refusedAutoscaling({}, extension)).toBe(refusal);
    expect(refusedAutoscaling({ [servingAnnotations.deploymentMode]: 'Knative' }, extension)).toBe(refusal);
  });
});

it('Standard mode without a class, or with another one, is not looked at', () => {
  const extension: ComponentExtension = { scaleMetric: 'cpu', scaleTarget: 1000, deploymentStrategy: {} };
  for (const annotations of [standard(), classOf('none'), classOf('external')]) {
    expect(refusedAutoscaling(annotations, extension)).toBeUndefined();
  }
});

describe('a metric that an HPA does not have (§17 row 52)', () => {
  const scaled = { predictor: { ...modelPredictor, scaleMetric: 'concurrency' as const, scaleTarget: 5 } };
  const verdictOn = (annotations: Readonly<Record<string, string>>) =>
    validateInferenceService({ object: serviceWith(scaled, annotations), operation: 'CREATE' }, settings);

  it('is accepted in Standard mode with a warning that names the ways', () => {
    const { refusal, warnings } = verdictOn(standard());
    expect(refusal).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/^ScaleMetricUnsupported: .*concurrency.*KEDA.*Knative/)]);
  });

  it('is no matter where no HPA is made', () => {
    expect(verdictOn(classOf('none'))).toEqual({ warnings: [] });
    expect(verdictOn({ [servingAnnotations.deploymentMode]: 'Knative' })).toEqual({ warnings: [] });
  });
});
