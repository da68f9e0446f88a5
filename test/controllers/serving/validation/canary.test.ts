import type { InferenceService } from '../../../../definitions/serving/inference-service';
import { validateInferenceService } from '../../../../controllers/serving/validation/inference-service';
import { modelPredictor, serviceWith, settings, standard } from '../admission-objects';

type Spec = InferenceService['spec'];

const { model } = modelPredictor;
const green = { predictor: { name: 'green', model }, trafficPercent: 10 };
const blue = { predictor: { name: 'blue', model }, trafficPercent: 10 };

function verdictOn(canary: unknown, predictor: Spec['predictor'] = modelPredictor, annotations = standard()) {
  const object = serviceWith({ predictor, canary }, annotations);
  return validateInferenceService({ object, operation: 'CREATE' }, settings);
}

it.each<[string, unknown]>([
  ['one', [green]],
  [
    'two that share all traffic',
    [
      { ...green, trafficPercent: 60 },
      { ...blue, trafficPercent: 40 },
    ],
  ],
  ['none', []],
  ['one without traffic', [{ ...green, trafficPercent: 0 }]],
  ['one without a container name (§17 row 43)', [{ ...green, predictor: { name: 'green', model: { runtime: 'a' } } }]],
  ['one with a maximum of zero, which means none', [{ ...green, predictor: { ...green.predictor, maxReplicas: 0 } }]],
])('%s is accepted (case 65)', (_what, canary) => {
  expect(verdictOn(canary)).toEqual({ warnings: [] });
});

describe('is refused (case 65)', () => {
  const withMembers = (members: object) => [{ ...green, predictor: { ...green.predictor, ...members } }];

  it.each<[string, unknown, string]>([
    ['no name', [blue, { predictor: { model }, trafficPercent: 1 }], 'canary[1] predictor.name is required'],
    ['a name twice', [green, green], 'canary predictor.name "green" is duplicated'],
    [
      '101 percent',
      [{ ...green, trafficPercent: 101 }],
      'canary "green" trafficPercent must be between 0 and 100, got 101',
    ],
    ['below 0', [{ ...green, trafficPercent: -1 }], 'canary "green" trafficPercent must be between 0 and 100, got -1'],
    [
      '60 and 50',
      [
        { ...green, trafficPercent: 60 },
        { ...blue, trafficPercent: 50 },
      ],
      'sum of canary trafficPercent values (110) must be <= 100',
    ],
    [
      'workers',
      withMembers({ workerSpec: {} }),
      'canary "green" must not set workerSpec (multi-node is not yet supported for canary)',
    ],
    [
      'a maximum',
      withMembers({ maxReplicas: 1 }),
      'canary "green" must not set maxReplicas (canary uses fixed replicas)',
    ],
    [
      'a target',
      withMembers({ scaleTarget: 0 }),
      'canary "green" must not set scaleTarget (canary uses fixed replicas)',
    ],
    [
      'a metric',
      withMembers({ scaleMetric: 'cpu' }),
      'canary "green" must not set scaleMetric (canary uses fixed replicas)',
    ],
    [
      'metrics',
      withMembers({ autoScaling: {} }),
      'canary "green" must not set autoScaling (canary uses fixed replicas)',
    ],
    [
      'more replicas than the stable predictor',
      withMembers({ minReplicas: 2 }),
      'canary "green" minReplicas (2) must not exceed stable predictor minReplicas (1)',
    ],
    [
      'a negative minimum',
      withMembers({ minReplicas: -1 }),
      `canary "green" predictor: 'MinReplicas' cannot be less than 0`,
    ],
  ])('%s', (_what, canary, refusal) => {
    expect(verdictOn(canary).refusal).toBe(refusal);
  });

  it('one without an implementation', () => {
    const canary = [{ predictor: { name: 'green' }, trafficPercent: 1 }];
    expect(verdictOn(canary).refusal).toMatch(/^canary "green" predictor: exactly one of \[Name, .*in PredictorSpec$/);
  });

  it('one with the name of the stable predictor', () => {
    expect(verdictOn([green], { ...modelPredictor, name: 'green' }).refusal).toBe(
      'canary predictor.name "green" conflicts with stable predictor name',
    );
  });

  it('one outside of Standard mode, also when the mode is unsaid', () => {
    expect(verdictOn([green], modelPredictor, {}).refusal).toBe('canary is only supported in Standard deployment mode');
  });

  it('one beside a predictor without a model', () => {
    expect(verdictOn([green], { containers: [{ name: 'kserve-container' }] }).refusal).toBe(
      'canary requires a stable predictor with a model (multi-model serving is not supported with canary)',
    );
  });
});

describe('entries are held against the full schema (§17 row 50)', () => {
  it.each<[string, unknown, RegExp]>([
    ['an object', green, /^spec\.canary: must be a list/],
    ['text', 'green', /^spec\.canary: must be a list/],
    ['an entry that is none', [null], /^spec\.canary\[0\]: /],
    [
      'a typo',
      [{ ...green, predictor: { ...green.predictor, minReplica: 1 } }],
      /^spec\.canary\[0\]\.predictor: .*minReplica/,
    ],
    ['no share', [{ predictor: green.predictor }], /^spec\.canary\[0\]\.trafficPercent: /],
    [
      'a wrong type in a framework',
      [{ ...green, predictor: { name: 'a', sklearn: { storageUri: 1 } } }],
      /^spec\.canary\[0\]\.predictor\.sklearn\.storageUri: /,
    ],
    [
      'an upper-case name',
      [{ ...green, predictor: { ...green.predictor, name: 'Green' } }],
      /^spec\.canary\[0\]\.predictor\.name: /,
    ],
  ])('%s is refused', (_what, canary, refusal) => {
    expect(verdictOn(canary).refusal).toMatch(refusal);
  });
});

describe('shares without effect are warned about (§17 row 51)', () => {
  function warningsOf(spec: Partial<Spec>, annotations = standard()) {
    const object = serviceWith(spec, annotations);
    const { refusal, warnings } = validateInferenceService({ object, operation: 'CREATE' }, settings);
    expect(refusal).toBeUndefined();
    return warnings;
  }

  it('spec.canaryTrafficPercent counts for the only canary, and for nothing else', () => {
    expect(warningsOf({ canaryTrafficPercent: 100, canary: [green] })).toEqual([]);
    expect(warningsOf({ canaryTrafficPercent: 100 })).toEqual([
      'spec.canaryTrafficPercent has no effect without spec.canary',
    ]);
    expect(warningsOf({ canaryTrafficPercent: 100, canary: [green, blue] })).toEqual([
      'spec.canaryTrafficPercent has no effect with 2 canaries; set trafficPercent of each',
    ]);
  });

  it('predictor.canaryTrafficPercent is for Knative', () => {
    const predictor = { ...modelPredictor, canaryTrafficPercent: 10 };
    expect(warningsOf({ predictor })).toEqual([
      'spec.predictor.canaryTrafficPercent has no effect in Standard mode without spec.canary',
    ]);
    expect(warningsOf({ predictor }, {})).toEqual([]);
    expect(warningsOf({ predictor, canary: [green] })).toEqual([]);
  });
});
