import { servingMetrics } from '../../definitions/metrics/serving';
import { webhookMetrics } from '../../definitions/metrics/webhooks';
import { servingLease, stopAnnotation } from '../../definitions/names/serving';
import { servingEvents } from '../../definitions/names/serving-conditions';
import { type Alert, alert } from '../monitoring/alert';
import { controllerAlerts } from '../monitoring/controller-alerts';
import { queriesOf } from '../monitoring/expression';
import type { ScrapeTarget } from '../monitoring/scrape-target';
import { servingNames } from './names';

const prefix = 'SlipwayServing';
const title = 'Model serving';
const weekSeconds = 7 * 24 * 3600;

/** Alerts about the serving controller: those of every controller, about its webhooks, and about models that don't serve. */
export function servingAlerts(target: ScrapeTarget): readonly Alert[] {
  const { max, min, rate, increase } = queriesOf(target);
  const { deployment } = servingNames;
  const logs = `kubectl -n ${target.namespace} logs deployment/${deployment}`;
  const findEvents = (reason: string) => `kubectl get events -A --field-selector reason=${reason}`;
  return [
    ...controllerAlerts({
      prefix: `${prefix}Manager`,
      title,
      target,
      deployment,
      lease: servingLease,
      consequence:
        'Models that run go on serving. New and changed InferenceServices, and new pods of the old ones, are refused: their ' +
        'webhooks are answered by the same pods.',
    }),
    alert({
      name: `${prefix}WebhookFailures`,
      expression: rate(webhookMetrics.requests, {
        by: ['webhook'],
        where: { code: { matches: '400|413|5..' } },
        over: '10m',
      })
        .dividedBy(rate(webhookMetrics.requests, { by: ['webhook'], over: '10m' }))
        .above(0.05),
      minutes: 10,
      severity: 'critical',
      summary: ({ label, percentage }) => `${title}: ${percentage} of the reviews of webhook ${label('webhook')} fail.`,
      description: () =>
        `The API server refuses what it can't have reviewed: users can't write InferenceServices, or pods of models ` +
        `don't start. Refusals of wrong objects (403) don't count. ${logs} has one line per failure with its cause.`,
    }),
    alert({
      name: `${prefix}CertificateExpiresSoon`,
      expression: min(webhookMetrics.certificateNotAfter, { by: ['pod'] })
        .fromNow()
        .below(weekSeconds),
      minutes: 15,
      severity: 'critical',
      summary: ({ label }) => `${title}: the certificate of the webhooks of pod ${label('pod')} ends within a week.`,
      description: () =>
        `From then on the API server refuses InferenceServices and their pods. Certificates are renewed long before. Of ` +
        `cert-manager: kubectl -n ${target.namespace} describe certificate ${servingNames.certificate}. Of the controllers ` +
        `themselves: ${logs} says what keeps them from writing the Secret or the webhook configurations.`,
    }),
    alert({
      name: `${prefix}InferenceServiceNotReady`,
      // Every pod says it, standing by or not.
      expression: max(servingMetrics.notReadySeconds, { by: ['namespace', 'name'] }).above(0),
      minutes: 15,
      severity: 'warning',
      summary: ({ label }) =>
        `${title}: InferenceService ${label('namespace')}/${label('name')} has not been ready for 15 minutes.`,
      description: ({ label }) =>
        `The message of condition PredictorReady says why: kubectl -n ${label('namespace')} describe inferenceservice ` +
        `${label('name')}. What it served before it may still serve. A model that needs longer to load is seen in the ` +
        `dashboard of models, panel Load time; one that is not needed can be stopped by annotation ${stopAnnotation}=true.`,
    }),
    alert({
      name: `${prefix}ModelLoadFailed`,
      expression: increase(servingMetrics.failures, {
        where: { reason: servingEvents.modelLoadFailed },
        over: '15m',
      }).above(0),
      minutes: 0,
      severity: 'warning',
      summary: () => `${title}: a model could not be loaded.`,
      description: () =>
        `The predictor's pods are there and don't serve. The events name InferenceService and cause: ` +
        `${findEvents(servingEvents.modelLoadFailed)}. Most often the storage refuses (credentials, address), the files ` +
        `don't fit the format, or the container ran out of memory.`,
    }),
  ];
}
