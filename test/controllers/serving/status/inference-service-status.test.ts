import { PredictorFailure } from '../../../../controllers/serving/predictor-failure';
import {
  type ComponentFacts,
  inferenceServiceStatus,
  type StatusFacts,
} from '../../../../controllers/serving/status/inference-service-status';
import { conditionsOf, type InferenceServiceStatus } from '../../../../controllers/serving/status/stored-status';
import { inferenceServices } from '../../../../definitions/serving/inference-service';
import { privateKind } from '../../../definitions/serving/private-kind';
import {
  available,
  deployment,
  pod,
  rolledOut,
  server,
  servingPod,
  start,
  terminated,
  timeAt,
  unavailable,
} from './cluster-facts';
import { factsOf, history, type Scene, variants } from './scenes';

const predictor = variants['a predictor'];
const withTransformer = variants['with a transformer'];
const later = start + 3_600_000;

/** The status after a scene of the life of a predictor, with some facts otherwise. */
function after(
  scene: Scene,
  facts: Partial<StatusFacts> = {},
  before?: InferenceServiceStatus,
): InferenceServiceStatus {
  return inferenceServiceStatus({ before, generation: 1, ...factsOf(scene, predictor), ...facts }, start);
}

/** `TYPE STATUS reason` of each condition. */
const told = (status: InferenceServiceStatus) =>
  conditionsOf(status).map(({ type, status: word, reason = '' }) => [type, word, reason].join(' ').trim());

const ready = after('ready');
const components = (facts: Partial<ComponentFacts>) => ({ components: { predictor: { pods: [], ...facts } } });
const isReady = { deployment: deployment([available, rolledOut]), url: 'http://iris-predictor-models.example.com' };

describe('the status of a ready service', () => {
  it('is the complete example, where no kubelet runs pods (§11.7 [TEST])', () => {
    const deployed = deployment([['Available', 'True']], { generation: 1, observedGeneration: 0 });
    const status = after('ready', components({ ...isReady, deployment: deployed }));
    const lastTransitionTime = timeAt(0);
    expect(status).toEqual({
      // Ours: upstream has the Deployment's, 0 here (§17 row 16).
      observedGeneration: 1,
      conditions: [
        { type: 'IngressReady', status: 'True', lastTransitionTime },
        { type: 'PredictorReady', status: 'True', lastTransitionTime },
        { type: 'Ready', status: 'True', lastTransitionTime },
        { type: 'Stopped', status: 'False', severity: 'Info', lastTransitionTime },
      ],
      url: 'http://iris-models.example.com',
      address: { url: 'http://iris-predictor.models.svc.cluster.local' },
      components: { predictor: { url: 'http://iris-predictor-models.example.com' } },
      modelStatus: {
        transitionStatus: 'InProgress',
        states: { activeModelState: '', targetModelState: 'Pending' },
        copies: { failedCopies: 0 },
      },
      deploymentMode: 'Standard',
      servingRuntimeName: 'sklearn',
    });
  });

  it('names the one runtime that is in use', () => {
    const runtime = { kind: 'ClusterServingRuntime', name: 'triton' } as const;
    const status = after('ready', { runtime }, ready);
    expect([status.servingRuntimeName, status.clusterServingRuntimeName]).toEqual([undefined, 'triton']);
    const custom = after('ready', { runtime: undefined }, status);
    expect([custom.servingRuntimeName, custom.clusterServingRuntimeName]).toEqual([undefined, undefined]);
  });

  it('is about the generation of the InferenceService (§17 row 16)', () => {
    const facts = {
      ...components({ ...isReady, deployment: deployment([available], { generation: 7 }) }),
      generation: 3,
    };
    expect(after('ready', facts).observedGeneration).toBe(3);
  });

  it('keeps members that other versions of the API may have', () => {
    const before = { ...ready, annotations: { 'example.com/a': 'b' } };
    expect(after('ready', {}, before)).toBe(before);
  });

  it('loses conditions of another mode, which would keep GitOps tools waiting (§17 row 57)', () => {
    const foreign = ['OciImageVolumeCompatible', 'RoutesReady', 'CanaryPredictorReady'];
    const conditions = foreign.map((type) => ({ type, status: 'False' }));
    const mine = { type: 'example.com/Checked', status: 'True' };
    const before = { ...ready, conditions: [...(ready.conditions ?? []), ...conditions, mine] };
    expect(told(after('ready', {}, before))).toEqual([...told(ready), 'example.com/Checked True'].sort());
  });
});

describe('a transformer', () => {
  it('keeps the service from being Ready until it is ready itself, where nothing is routed (§17 row 57)', () => {
    const facts = factsOf('ready', withTransformer);
    const { predictor: first, transformer } = facts.components;
    if (first === undefined || transformer === undefined) throw new Error('no transformer in the scene');
    const deployments = [deployment([unavailable]), deployment([available])];
    const [waits, serves] = deployments.map((one) =>
      inferenceServiceStatus(
        {
          ...facts,
          before: undefined,
          generation: 1,
          components: { predictor: first, transformer: { ...transformer, deployment: one } },
        },
        start,
      ),
    );
    expect(waits === undefined ? [] : told(waits)).toEqual([
      'IngressReady True',
      'PredictorReady True NewReplicaSetAvailable',
      'Ready False MinimumReplicasUnavailable',
      'Stopped False',
      'TransformerReady False MinimumReplicasUnavailable',
    ]);
    expect(serves === undefined ? [] : told(serves)).toContain('Ready True');
  });

  it('that is removed from the spec leaves no condition and no URL behind', () => {
    const [before] = history(['ready'], withTransformer);
    expect(Object.keys(before?.status.components ?? {})).toEqual(['predictor', 'transformer']);
    const status = after('ready', {}, before?.status);
    expect(Object.keys(status.components ?? {})).toEqual(['predictor']);
    expect(told(status).join()).not.toContain('Transformer');
  });
});

describe('readiness that is lost', () => {
  it('keeps URL, address and the component’s URL as they were (§17 row 40)', () => {
    const lost = after('load failed', {}, ready);
    const { url, address, components: urls } = ready;
    expect(lost).toMatchObject({ url, address, components: urls });
    expect(told(lost)).toContain('PredictorReady False ModelLoadFailed');
  });

  it('tells of pods that are refused, with their quotes (case 47)', () => {
    const message = 'admission webhook "quota.example.com" denied the request: "10" pods';
    const refused = deployment([unavailable, ['ReplicaFailure', 'True', 'FailedCreate', message]]);
    const status = after('starting', components({ ...isReady, deployment: refused }));
    expect(conditionsOf(status)).toContainEqual(
      expect.objectContaining({ type: 'PredictorReady', status: 'False', reason: 'FailedCreate', message }),
    );
    expect(told(status).some((line) => line.startsWith('Ready False'))).toBe(true);
  });
});

describe('a spec that can’t be served', () => {
  const error = new PredictorFailure(
    'NoSupportingRuntime',
    'No runtime found',
    'no runtime found to support lightgbm',
    {
      kind: 'ServingRuntime',
      name: 'other',
    },
  );

  it('takes Ready away although the model of before may still serve, and leaves its URL', () => {
    const status = after('invalid', { generation: 2 }, ready);
    expect(told(status)).toEqual([
      'IngressReady True',
      'PredictorReady False ReconcileFailed',
      'Ready False ReconcileFailed',
      'Stopped False',
    ]);
    expect(status).toMatchObject({ observedGeneration: 2, url: ready.url, servingRuntimeName: 'sklearn' });
    expect(status.modelStatus).toMatchObject({
      transitionStatus: 'InvalidSpec',
      states: { activeModelState: 'Loaded' },
    });
  });

  it('names the runtime that was meant, and says what is wrong with it', () => {
    const status = after('invalid', { failure: { component: 'predictor', error } }, ready);
    expect(status.servingRuntimeName).toBe('other');
    expect(conditionsOf(status)).toContainEqual(
      expect.objectContaining({ type: 'PredictorReady', message: 'no runtime found to support lightgbm' }),
    );
  });

  it('can have a reason of its own', () => {
    const failure = { component: 'predictor', error, reason: 'UnsupportedDeploymentMode' } as const;
    expect(told(after('invalid', { failure }))).toContain('PredictorReady False UnsupportedDeploymentMode');
  });
});

describe('a component that can’t be written', () => {
  it('is told in its condition, and says nothing of the model', () => {
    const failure = { component: 'transformer', error: new Error('forbidden: exceeded quota') } as const;
    const [before] = history(['ready'], withTransformer);
    const facts = { ...factsOf('ready', withTransformer), failure, ingress: undefined, runtime: undefined };
    const status = inferenceServiceStatus({ ...facts, before: before?.status, generation: 2 }, later);
    expect(told(status)).toContain('TransformerReady False ReconcileFailed');
    expect(told(status)).toContain('Ready False ReconcileFailed');
    expect(status.modelStatus?.transitionStatus).not.toBe('InvalidSpec');
    expect(status.servingRuntimeName).toBe('sklearn');
  });
});

describe('a failure before anything could be looked at', () => {
  const error = new Error('ConfigMap inferenceservice-config, key ingress: not JSON');
  const facts: Partial<StatusFacts> = {
    failure: { component: 'predictor', error },
    components: { predictor: { pods: [] }, transformer: { pods: [] } },
    ingress: undefined,
    runtime: undefined,
  };

  it('leaves what is known of the model and of other components', () => {
    const [before] = history(['ready'], withTransformer);
    const status = after('ready', facts, before?.status);
    expect(told(status)).toEqual([
      'IngressReady True',
      'PredictorReady False ReconcileFailed',
      'Ready False ReconcileFailed',
      'Stopped False',
      'TransformerReady True NewReplicaSetAvailable',
    ]);
    expect(status.modelStatus).toEqual(before?.status.modelStatus);
  });

  it('leaves the others Unknown in a service that is new, or was stopped', () => {
    const [stopped] = history(['stopped'], withTransformer);
    for (const before of [undefined, stopped?.status]) {
      const status = after('ready', facts, before);
      expect(told(status)).toEqual(expect.arrayContaining(['IngressReady Unknown', 'TransformerReady Unknown']));
      expect(status.modelStatus?.transitionStatus).toBe('InProgress');
    }
  });
});

describe('a service that is stopped (§4.7)', () => {
  it('forgets everything but its mode, and says why nothing is ready (case 11)', () => {
    expect(after('stopped', { generation: 4 }, ready)).toEqual({
      observedGeneration: 4,
      conditions: [
        ...['IngressReady', 'PredictorReady', 'Ready'].map((type) => ({
          type,
          status: 'False',
          reason: 'Stopped',
          lastTransitionTime: timeAt(0),
        })),
        { type: 'Stopped', status: 'True', severity: 'Info', lastTransitionTime: timeAt(0) },
      ],
      deploymentMode: 'Standard',
    });
  });

  it('says so of its other components too (case 13)', () => {
    const [status] = history(['stopped'], withTransformer);
    expect(status === undefined ? [] : told(status.status)).toContain('TransformerReady False Stopped');
  });

  it('is at rest even while its spec can’t be served', () => {
    const failure = { component: 'predictor', error: new Error('no such runtime') } as const;
    expect(after('stopped', { failure }, ready)).toEqual(after('stopped', {}, ready));
  });

  it('is Unknown, not Stopped, where nobody has looked since it was resumed', () => {
    const stopped = after('stopped', {}, ready);
    const status = after('invalid', {}, stopped);
    expect(told(status)).toEqual([
      'IngressReady Unknown',
      'PredictorReady False ReconcileFailed',
      'Ready False ReconcileFailed',
      'Stopped False',
    ]);
  });
});

describe('times of transitions', () => {
  it('move with what a condition says, and only then', () => {
    const scenes: readonly Scene[] = ['starting', 'ready', 'load failed'];
    const times = history(scenes, predictor).map(({ status }) =>
      Object.fromEntries(conditionsOf(status).map(({ type, lastTransitionTime }) => [type, lastTransitionTime])),
    );
    const [zero, one, two] = [timeAt(0), timeAt(60), timeAt(120)];
    expect(times).toEqual([
      { IngressReady: zero, PredictorReady: zero, Ready: zero, Stopped: zero },
      { IngressReady: one, PredictorReady: one, Ready: one, Stopped: zero },
      { IngressReady: two, PredictorReady: two, Ready: two, Stopped: zero },
    ]);
  });
});

describe('whatever was before and whatever is seen', () => {
  const scenes: readonly Scene[] = ['starting', 'ready', 'load failed', 'invalid', 'stopped'];
  const conditionSets = [
    [],
    [available],
    [unavailable],
    [available, rolledOut],
    [['Progressing', 'True', 'x', 'y']],
  ] as const;
  const podSets = [[], [pod()], [servingPod()], [pod({ containers: [server(terminated('Error', 1))] })]] as const;

  it('one status follows that stays as it is, ready only without a flaw (§17 rows 24 and 57)', () => {
    const befores = [
      undefined,
      ...scenes.flatMap((scene) => history([scene], withTransformer).map(({ status }) => status)),
    ];
    let judged = 0;
    for (const before of befores) {
      for (const conditions of conditionSets) {
        for (const pods of podSets) {
          for (const observedGeneration of [0, 1, 2]) {
            for (const scene of scenes) {
              const seen = { deployment: deployment(conditions, { generation: 2, observedGeneration }), pods };
              const facts = { ...factsOf(scene, predictor), generation: 2, components: { predictor: seen } };
              const once = inferenceServiceStatus({ ...facts, before }, start);
              expect(inferenceServiceStatus({ ...facts, before: once }, later)).toBe(once);
              const flaws = conditionsOf(once).filter(({ type, status }) => type !== 'Stopped' && status !== 'True');
              expect(flaws.length === 0).toBe(told(once).some((line) => line.startsWith('Ready True')));
              expect(once.modelStatus?.transitionStatus !== '').toBe(true);
              judged += 1;
            }
          }
        }
      }
    }
    expect(judged).toBe(1800);
  });
});

describe('stored by the API server', () => {
  const kind = privateKind(inferenceServices);

  it('every status comes back as it was written: no default is filled in, nothing is pruned (§1.6)', async () => {
    const spec = { predictor: { model: { modelFormat: { name: 'sklearn' }, storageUri: 's3://models/iris' } } };
    expect(await kind.apply('iris', { spec })).toMatchObject({ status: 201 });
    const scenes: readonly Scene[] = ['starting', 'ready', 'load failed', 'invalid', 'stopped', 'resumed', 'ready'];
    for (const { status } of history(scenes, withTransformer)) {
      const plain = JSON.parse(JSON.stringify(status)) as Parameters<typeof kind.apply>[1];
      expect(await kind.apply('iris', { status: plain }, 'status')).toMatchObject({ status: 200, warnings: [] });
      const stored = JSON.parse(JSON.stringify(await kind.stored('iris'))) as { status: unknown };
      expect(stored.status).toEqual(status);
    }
  });
});
