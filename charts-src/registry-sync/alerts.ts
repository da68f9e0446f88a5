import { registrySyncMetrics } from '../../definitions/metrics/registry-sync';
import { registryApiPath } from '../../definitions/names/model-registry';
import { registryEvents } from '../../definitions/names/registry-events';
import { registrySyncLease } from '../../definitions/permissions/registry-sync';
import { type Alert, alert } from '../monitoring/alert';
import { controllerAlerts } from '../monitoring/controller-alerts';
import { queriesOf } from '../monitoring/expression';
import type { ScrapeTarget } from '../monitoring/scrape-target';

const prefix = 'SlipwayRegistrySync';
const title = 'Registry sync';

/** The installation that the alerts are about. */
export interface AlertedRegistrySync {
  readonly target: ScrapeTarget;
  readonly deployment: string;
  /** Version part of the registries' API. */
  readonly apiVersion: string;
}

/** Alerts about registry sync: those of every controller, and about the registries it works with. */
export function registrySyncAlerts({ target, deployment, apiVersion }: AlertedRegistrySync): readonly Alert[] {
  const { rate, increase } = queriesOf(target);
  const { requests, cleanupsSkipped } = registrySyncMetrics;
  const findEvents = (reason: string) => `kubectl get events -A --field-selector reason=${reason}`;
  return [
    ...controllerAlerts({
      prefix,
      title,
      target,
      deployment,
      lease: registrySyncLease,
      consequence:
        'Records in the Model Registry are not kept in step, and InferenceServices that are deleted stay until their ' +
        'record is marked.',
    }),
    alert({
      name: `${prefix}RegistryUnreachable`,
      expression: rate(requests, { where: { code: { matches: '<error>|5..' } }, over: '10m' })
        .dividedBy(rate(requests, { over: '10m' }))
        .above(0.05),
      // A key waits at most 5 minutes between two tries, so that 10 minutes see each. One failed try must not fire.
      minutes: 20,
      severity: 'warning',
      summary: ({ percentage }) =>
        `${title}: ${percentage} of the requests to Model Registries get no or a 5xx answer.`,
      description: () =>
        `Serving goes on; new records and changed URLs wait, deletions wait for the grace period. The events name ` +
        `the registry and the cause: ${findEvents(registryEvents.unreachable)}. Then look at the registry's pods and ` +
        `database, at its Service, and at the egress of the controller's NetworkPolicy.`,
    }),
    alert({
      name: `${prefix}CleanupSkipped`,
      expression: increase(cleanupsSkipped, { over: '1h' }).above(0),
      minutes: 0,
      severity: 'warning',
      summary: () => `${title}: an InferenceService was deleted without its record being marked UNDEPLOYED.`,
      description: () =>
        `The Model Registry still shows it as deployed, and nobody will correct that. The events name object and ` +
        `cause: ${findEvents(registryEvents.cleanupSkipped)}. Mark the record by hand: PATCH ` +
        `${registryApiPath}/${apiVersion}/inference_services/ID with {"desiredState":"UNDEPLOYED"}.`,
    }),
  ];
}
