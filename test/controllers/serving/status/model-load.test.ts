import { modelLoadSeconds, ModelLoads } from '../../../../controllers/serving/status/model-load';
import type { ComponentPod } from '../../../../controllers/serving/status/component-pods';
import { notReady } from '../../../../controllers/serving/status/not-ready';
import type { InferenceService } from '../../../../definitions/serving/inference-service';
import { readyCounts } from '../../../../controllers/serving/status/ready-counts';
import { createMetrics } from '../../../../controllers/runtime/metrics';
import { servingMetrics } from '../../../../controllers/serving/metrics';
import { at, download, pod, running, server, servingPod, terminated } from './cluster-facts';
import { history, type Scene, variants } from './scenes';

const downloaded = download(terminated('Completed', 0, { startedAt: at(1), finishedAt: at(9) }));

describe('a model takes to load (§17 row 56)', () => {
  it.each<{ what: string; pod: ComponentPod; seconds: number | undefined }>([
    { what: 'the time from its download until it serves', pod: servingPod(), seconds: 19 },
    { what: 'without a download the time of its server', pod: servingPod({ initContainers: [] }), seconds: 10 },
    {
      what: 'after a crash the time of its server',
      pod: servingPod({ containers: [server(running(15), { ready: true, restartCount: 2 })] }),
      seconds: 5,
    },
    {
      what: 'no time as long as it does not serve',
      pod: pod({ initContainers: [downloaded], containers: [server(running(10))] }),
      seconds: undefined,
    },
    { what: 'no time while nothing is known', pod: pod(), seconds: undefined },
    { what: 'no negative time when clocks differ', pod: servingPod({ readyAt: 0 }), seconds: 0 },
  ])('$what', ({ pod: one, seconds }) => {
    expect(modelLoadSeconds(one)).toBe(seconds);
  });
});

describe('loads', () => {
  const watched = () => {
    const seen: string[] = [];
    return {
      seen,
      loads: new ModelLoads(({ namespace, name }, seconds) => seen.push(`${namespace}/${name} ${seconds}`)),
    };
  };
  const starts = pod({ initContainers: [downloaded], containers: [server(running(10))] });

  it('count once for each pod, however often its readiness comes and goes', () => {
    const { seen, loads } = watched();
    loads.added(starts, false);
    for (const one of [servingPod(), starts, servingPod({ readyAt: 500 })]) loads.updated(one);
    loads.updated(servingPod({ name: 'iris-predictor-2', readyAt: 31 }));
    expect(seen).toEqual(['models/iris 19', 'models/iris 30']);
  });

  it('from before this process count neither at once nor when readiness comes back', () => {
    const { seen, loads } = watched();
    loads.added(servingPod(), true);
    for (const one of [starts, servingPod({ readyAt: 500 })]) loads.updated(one);
    expect(seen).toEqual([]);
  });

  it('under way when this process starts count', () => {
    const { seen, loads } = watched();
    loads.added(starts, true);
    loads.updated(servingPod());
    expect(seen).toEqual(['models/iris 19']);
  });

  it('of a pod that is gone are forgotten', () => {
    const { seen, loads } = watched();
    loads.added(servingPod(), false);
    loads.deleted(servingPod());
    loads.added(servingPod(), false);
    expect(seen).toHaveLength(2);
  });

  it('of transformers and of foreign pods don’t count', () => {
    const { seen, loads } = watched();
    loads.added(servingPod({ labels: { component: 'transformer' } }), false);
    loads.added(servingPod({ labels: { 'serving.kserve.io/inferenceservice': '' } }), false);
    expect(seen).toEqual([]);
  });
});

describe('the metrics', () => {
  const make = () => {
    const metrics = createMetrics({ process: false });
    const lines = async () =>
      (await metrics.text()).split('\n').filter((line) => /^(slipway_serving|kserve_model)/.test(line));
    return { serving: servingMetrics(metrics.registry), lines };
  };

  it('exist from the start with value 0', async () => {
    const lines = await make().lines();
    expect(lines).toEqual(
      expect.arrayContaining([
        ...['true', 'false', 'unknown'].map((ready) => `slipway_serving_inferenceservices{ready="${ready}"} 0`),
        'slipway_serving_config_errors_total{key="ingress"} 0',
        'slipway_serving_config_errors_total{key="storageInitializer"} 0',
      ]),
    );
    expect(lines.filter((line) => !line.endsWith(' 0'))).toEqual([]);
  });

  it('count loads by InferenceService until it is gone, and documents that can’t be used', async () => {
    const { serving, lines } = make();
    const iris = { namespace: 'models', name: 'iris' };
    serving.observeLoad(iris, 19);
    serving.configInvalid('ingress');
    expect(await lines()).toEqual(
      expect.arrayContaining([
        'kserve_model_load_seconds_bucket{le="10",namespace="models",name="iris"} 0',
        'kserve_model_load_seconds_bucket{le="20",namespace="models",name="iris"} 1',
        'kserve_model_load_seconds_sum{namespace="models",name="iris"} 19',
        'slipway_serving_config_errors_total{key="ingress"} 1',
      ]),
    );
    serving.forget(iris);
    expect((await lines()).join()).not.toContain('kserve_model_load_seconds_sum');
  });

  it('say how many services are ready; one that is stopped is nobody’s trouble', async () => {
    const { serving, lines } = make();
    const statusOf = (scene: Scene) => history([scene], variants['a predictor'])[0]?.status;
    const scenes: readonly Scene[] = ['ready', 'ready', 'load failed', 'invalid', 'stopped'];
    const services = scenes.map((scene, index) => {
      const status = statusOf(scene);
      const metadata = { name: `iris-${index}`, namespace: 'models' };
      return { metadata, spec: { predictor: {} }, ...(status === undefined ? {} : { status }) };
    });
    const unseen = { metadata: { name: 'new', namespace: 'models' }, spec: { predictor: {} } };
    serving.setReady(readyCounts([...services, unseen]));
    expect((await lines()).filter((line) => line.includes('inferenceservices'))).toEqual([
      'slipway_serving_inferenceservices{ready="true"} 2',
      'slipway_serving_inferenceservices{ready="false"} 2',
      'slipway_serving_inferenceservices{ready="unknown"} 1',
    ]);
  });

  it('name those that are not ready with the time since, and nobody else', async () => {
    const { serving, lines } = make();
    const named = async () => (await lines()).filter((line) => line.includes('not_ready_seconds'));
    const condition = (type: string, status: 'True' | 'False' | 'Unknown', second: number) => ({
      type,
      status,
      lastTransitionTime: at(second),
    });
    const service = (name: string, conditions: readonly object[] | undefined, more: object = {}) => ({
      metadata: { name, namespace: 'models', creationTimestamp: at(0), ...more },
      spec: { predictor: {} },
      ...(conditions && { status: { conditions } }),
    });
    const services = [
      service('failing', [condition('Ready', 'False', 10)]),
      service('ready', [condition('Ready', 'True', 10)]),
      service('starting', [condition('Ready', 'Unknown', 50)]),
      service('unseen', undefined),
      service('stopped', [condition('Ready', 'False', 10), condition('Stopped', 'True', 10)]),
      service('going', [condition('Ready', 'False', 10)], { deletionTimestamp: at(20) }),
    ] as unknown as readonly InferenceService[];
    const now = Date.parse(String(at(70)));
    serving.setNotReady(notReady(services, now));
    expect(await named()).toEqual([
      'slipway_serving_not_ready_seconds{namespace="models",name="unseen"} 70',
      'slipway_serving_not_ready_seconds{namespace="models",name="failing"} 60',
      'slipway_serving_not_ready_seconds{namespace="models",name="starting"} 20',
    ]);
    serving.setNotReady(notReady([service('failing', [condition('Ready', 'True', 70)])] as never, now));
    expect(await named()).toEqual([]);
  });

  it('name the longest only when very many are not ready', () => {
    const services = Array.from({ length: 500 }, (_, index) => ({
      metadata: { name: `iris-${index}`, namespace: 'models', creationTimestamp: new Date(index * 1000).toISOString() },
      spec: { predictor: {} },
    }));
    const found = notReady(services, 1_000_000);
    expect(found).toHaveLength(200);
    expect(found[0]).toEqual({ namespace: 'models', name: 'iris-0', seconds: 1000 });
    expect(found.at(-1)?.name).toBe('iris-199');
  });

  it('count failures by reason, and no event that tells of none', async () => {
    const { serving, lines } = make();
    for (const reason of ['ModelLoadFailed', 'ModelLoadFailed', 'ScaleMetricUnsupported']) serving.failed(reason);
    const counted = (await lines()).filter((line) => line.includes('failures_total') && !line.endsWith(' 0'));
    expect(counted).toEqual(['slipway_serving_failures_total{reason="ModelLoadFailed"} 2']);
    expect((await lines()).join()).not.toContain('ScaleMetricUnsupported');
  });
});
