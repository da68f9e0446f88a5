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
  const failed = rate(requests, { where: { code: { matches: '<error>|5..' } }, over: '10m' });
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
      // The share sees a registry with little traffic: a key is tried every 5 minutes at least, so that 10 minutes see
      // each. The rate sees a dead registry among busy ones: it is asked twice a minute, a share lost among theirs.
      expression: failed
        .dividedBy(rate(requests, { over: '10m' }))
        .above(0.05)
        .or(failed.above(0.01)),
      // One failed try is seen for 10 minutes and must not fire.
      minutes: 20,
      severity: 'warning',
      summary: () => `${title}: requests to a Model Registry keep getting no answer, or one with a 5xx code.`,
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
