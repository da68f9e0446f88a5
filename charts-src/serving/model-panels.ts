import { modelSeriesLabels, modelServerMetrics as servers } from '../../definitions/metrics/model-servers';
import { servingMetrics } from '../../definitions/metrics/serving';
import type { DashboardVariable } from '../monitoring/dashboard';
import { queriesOf } from '../monitoring/expression';
import type { PanelRow } from '../monitoring/panel';
import type { ScrapeTarget } from '../monitoring/scrape-target';

/** What Grafana makes of it fits the resolution of the picture. */
const over = '$__rate_interval';

/** Who looks chooses namespaces and InferenceServices; without a choice all are shown. */
const chosen = { namespace: { matches: '$namespace' }, model: { matches: '$inferenceservice' } } as const;
const { inferenceService } = modelSeriesLabels;
const where = { namespace: chosen.namespace, [inferenceService]: chosen.model } as const;
const by = ['namespace', inferenceService] as const;

/** What a dashboard of model servers can be narrowed to. */
export function modelVariables(models: ScrapeTarget): readonly DashboardVariable[] {
  const { labelValues } = queriesOf(models);
  return [
    { name: 'namespace', label: 'Namespace', query: labelValues(servers.up, 'namespace') },
    {
      name: 'inferenceservice',
      label: 'InferenceService',
      query: labelValues(servers.up, inferenceService, { namespace: chosen.namespace }),
    },
  ];
}

/**
 * Rows of the dashboard of single models: what their servers say of themselves, and the controller of them.
 *
 * @param models the pods of the models
 * @param controller the serving controller
 */
export function modelPanels(models: ScrapeTarget, controller: ScrapeTarget): readonly PanelRow[] {
  const { sum, rate, count, quantile } = queriesOf(models);
  const ofController = queriesOf(controller);
  const aboutModel = { by: ['namespace', 'name'], where: { namespace: chosen.namespace, name: chosen.model } } as const;
  const latest = { by, where, over } as const;
  return [
    {
      title: 'Models',
      panels: [
        {
          title: 'Replicas',
          description: 'Pods that Prometheus reaches, by component.',
          shows: 'lines',
          queries: [{ expression: sum(servers.up, { by: [...by, modelSeriesLabels.component], where }) }],
        },
        {
          title: 'Not ready for',
          description: 'Only those that are not ready; the condition PredictorReady of the InferenceService says why.',
          shows: 'lines',
          queries: [{ expression: ofController.max(servingMetrics.notReadySeconds, aboutModel) }],
        },
        {
          title: 'Load time',
          description: 'From the start of the download until the pod took requests.',
          shows: 'lines',
          queries: [
            {
              expression: ofController.quantile(0.5, servingMetrics.modelLoadSeconds, { ...aboutModel, over: '1h' }),
              legend: 'p50',
            },
            {
              expression: ofController.quantile(0.99, servingMetrics.modelLoadSeconds, { ...aboutModel, over: '1h' }),
              legend: 'p99',
            },
          ],
        },
      ],
    },
    {
      title: 'Requests',
      panels: [
        {
          title: 'Requests per second',
          description: 'As each kind of server counts them: KServe, MLServer, Triton, vLLM.',
          shows: 'lines',
          queries: [
            { expression: count(servers.kservePredict, latest), legend: 'KServe' },
            { expression: count(servers.mlserverRequest, latest), legend: 'MLServer' },
            { expression: rate(servers.tritonSuccess, latest), legend: 'Triton' },
            { expression: count(servers.vllmRequest, latest), legend: 'vLLM' },
          ],
        },
        {
          title: 'Latency p99',
          description: 'In the server: the way to it, and waiting in front of it, come on top.',
          shows: 'lines',
          queries: [
            { expression: quantile(0.99, servers.kservePredict, latest), legend: 'KServe' },
            { expression: quantile(0.99, servers.mlserverRequest, latest), legend: 'MLServer' },
            { expression: quantile(0.99, servers.vllmRequest, latest), legend: 'vLLM' },
          ],
        },
        {
          title: 'Latency p50',
          description: 'Half of the requests take longer.',
          shows: 'lines',
          queries: [
            { expression: quantile(0.5, servers.kservePredict, latest), legend: 'KServe' },
            { expression: quantile(0.5, servers.mlserverRequest, latest), legend: 'MLServer' },
            { expression: quantile(0.5, servers.vllmRequest, latest), legend: 'vLLM' },
          ],
        },
        {
          title: 'Errors',
          description:
            'Share of the predictions that failed. The servers of KServe and vLLM don’t count them: see the gateway.',
          shows: 'lines',
          queries: [
            {
              expression: rate(servers.mlserverFailure, latest).shareWith(rate(servers.mlserverSuccess, latest)),
              legend: 'MLServer',
            },
            {
              expression: rate(servers.tritonFailure, latest).shareWith(rate(servers.tritonSuccess, latest)),
              legend: 'Triton',
            },
          ],
        },
        {
          title: 'Around the prediction p99',
          description: 'Servers of KServe: reading the request, writing the answer, explaining.',
          shows: 'lines',
          queries: [
            { expression: quantile(0.99, servers.kservePreprocess, latest), legend: 'before' },
            { expression: quantile(0.99, servers.kservePostprocess, latest), legend: 'after' },
            { expression: quantile(0.99, servers.kserveExplain, latest), legend: 'explain' },
          ],
        },
      ],
    },
    {
      title: 'Language models',
      panels: [
        {
          title: 'Time to first token',
          description: 'What people notice who read along.',
          shows: 'lines',
          queries: [
            { expression: quantile(0.5, servers.vllmFirstToken, latest), legend: 'p50' },
            { expression: quantile(0.99, servers.vllmFirstToken, latest), legend: 'p99' },
          ],
        },
        {
          title: 'Requests that wait',
          description: 'Grows: the replicas can’t keep up.',
          shows: 'lines',
          queries: [{ expression: sum(servers.vllmWaiting, { by, where }) }],
        },
      ],
    },
  ];
}
