import { mapAt, mapsAt } from '../../../charts-src/kubernetes/manifest';
import { production } from '../../../charts-src/environments/production';
import { modelSeriesLabels } from '../../../definitions/metrics/model-servers';
import { inferenceServiceLabel, servingLabels } from '../../../definitions/names/serving';
import { monitoringOf } from '../monitoring/rendered-monitoring';

const { rules, dashboards, manifests } = monitoringOf(production());
const alertOf = (name: string) => {
  const found = rules.find(({ alert }) => alert === name);
  if (found === undefined) throw new Error(`no alert ${name}`);
  return found;
};

describe('alerts about models', () => {
  it('name the InferenceService that is not ready, one alert for each', () => {
    const { expr, for: minutes, labels, annotations } = alertOf('SlipwayServingInferenceServiceNotReady');
    expect(expr).toBe(
      'max by (namespace, name) (slipway_serving_not_ready_seconds{job="kserve-controller-manager-metrics-service"}) > 0',
    );
    expect(minutes).toBe('15m');
    // With a namespace of the rule two InferenceServices of one name would be one alert, and the rule fail.
    expect(labels).toEqual({ severity: 'warning', job: 'kserve-controller-manager-metrics-service' });
    expect(annotations['summary']).toContain('{{ $labels.namespace }}/{{ $labels.name }}');
  });

  it('tell of a model that can’t be loaded by the reason of its event', () => {
    const { expr, labels } = alertOf('SlipwayServingModelLoadFailed');
    expect(expr).toContain('slipway_serving_failures_total');
    expect(expr).toContain('reason="ModelLoadFailed"');
    expect(labels).toMatchObject({ namespace: 'kserve' });
  });
});

describe('the dashboard of models', () => {
  const dashboard = dashboards.find(({ title }) => title.startsWith('Models ('));
  const panelOf = (title: string) => dashboard?.panels.find((panel) => panel.title === title);

  it('shows latency, errors, load time and replicas of each', () => {
    expect(dashboard?.panels.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['Replicas', 'Not ready for', 'Load time', 'Latency p99', 'Errors']),
    );
    const models =
      'job="kserve/kserve-models", namespace=~"$namespace", serving_kserve_io_inferenceservice=~"$inferenceservice"';
    expect(panelOf('Replicas')?.targets.map(({ expr }) => expr)).toEqual([
      `sum by (namespace, serving_kserve_io_inferenceservice, component) (up{${models}})`,
    ]);
    const failed = (result: string) =>
      `sum by (namespace, serving_kserve_io_inferenceservice) (rate(nv_inference_request_${result}{${models}}[$__rate_interval]))`;
    expect(panelOf('Errors')?.targets.map(({ expr }) => expr)).toContain(
      `${failed('failure')} / (${failed('failure')} + ${failed('success')})`,
    );
  });

  it('is narrowed to namespaces and InferenceServices that there are', () => {
    expect(dashboard?.templating.list.slice(1).map(({ name, query }) => [name, query])).toEqual([
      ['namespace', 'label_values(up{job="kserve/kserve-models"}, namespace)'],
      [
        'inferenceservice',
        'label_values(up{job="kserve/kserve-models", namespace=~"$namespace"}, serving_kserve_io_inferenceservice)',
      ],
    ]);
  });

  it('reads the series of the PodMonitor, by labels that it makes of those of pods', () => {
    const monitor = manifests.find(({ kind }) => kind === 'PodMonitor');
    expect(monitor?.metadata).toMatchObject({ namespace: 'kserve', name: 'kserve-models' });
    const spec = mapAt(monitor ?? {}, 'spec');
    expect(spec['podTargetLabels']).toEqual([inferenceServiceLabel, servingLabels.component]);
    const inPrometheus = [inferenceServiceLabel, servingLabels.component].map((key) => key.replaceAll(/\W/g, '_'));
    expect(Object.values(modelSeriesLabels)).toEqual(inPrometheus);
    expect(mapsAt(spec, 'podMetricsEndpoints')).toHaveLength(1);
  });
});
