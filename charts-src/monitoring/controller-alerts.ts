import { runtimeMetrics } from '../../definitions/metrics/runtime';
import { metricsPath } from '../../definitions/names/controller';
import { type Alert, alert } from './alert';
import { queriesOf } from './expression';
import { type ScrapeTarget, up } from './scrape-target';

/** A controller as its alerts speak of it. */
export interface AlertedController {
  /** Start of the alerts' names. */
  readonly prefix: string;
  /** What people call it. */
  readonly title: string;
  /** What stands still while it does not work: a sentence. */
  readonly consequence: string;
  readonly target: ScrapeTarget;
  readonly deployment: string;
  /** Name of its lease. */
  readonly lease: string;
}

/** Alerts that every controller has. */
export function controllerAlerts(controller: AlertedController): readonly Alert[] {
  const { prefix, title, consequence, target, deployment, lease } = controller;
  const { sum, min, rate } = queriesOf(target);
  const { namespace, job } = target;
  const logs = `kubectl -n ${namespace} logs deployment/${deployment}`;
  const waiting = sum(runtimeMetrics.queueDepth, { by: ['controller'] });
  const waitedBefore = sum(runtimeMetrics.queueDepth, { by: ['controller'], ago: '15m' });
  return [
    alert({
      name: `${prefix}Down`,
      expression: sum(up).above(0).absent(),
      minutes: 5,
      severity: 'critical',
      summary: () => `${title} is down: Prometheus reaches none of its pods.`,
      description: () =>
        `${consequence} See whether pods of Deployment ${deployment} run (kubectl -n ${namespace} get pods) and why not ` +
        `(kubectl -n ${namespace} describe deployment/${deployment}; ${logs} --previous). When they are ready, ` +
        `Prometheus does not get through: look at Service ${job}, at its ServiceMonitor, and whether a NetworkPolicy ` +
        `lets the namespace of Prometheus in (it needs the label metrics: enabled). Over HTTPS the ServiceAccount of ` +
        `Prometheus needs permission to get the non-resource URL ${metricsPath}.`,
    }),
    alert({
      name: `${prefix}NotReady`,
      expression: min(runtimeMetrics.reflectorListed, { by: ['pod', 'resource'] }).below(1),
      minutes: 10,
      severity: 'critical',
      summary: ({ label }) => `${title}: pod ${label('pod')} could not list ${label('resource')} for 10 minutes.`,
      description: ({ label }) =>
        `The pod stays unready and does no work. Its log names the cause (kubectl -n ${namespace} logs ${label('pod')}): ` +
        `the CRD of ${label('resource')} is missing, its ServiceAccount may not list them (compare the ClusterRole with ` +
        `what was rendered), or the API server can't be reached (egress in the NetworkPolicy).`,
    }),
    alert({
      name: `${prefix}NoLeader`,
      expression: sum(runtimeMetrics.leader).below(1),
      minutes: 5,
      severity: 'critical',
      summary: () => `${title}: no pod holds the lease.`,
      description: () =>
        `${consequence} See who holds it (kubectl -n ${namespace} get lease ${lease} -o yaml): another controller with ` +
        `the same lease, for example upstream's, must be removed; a holder that is gone is followed after 15 seconds. ` +
        `Otherwise ${logs} says why the lease can't be renewed: permissions on leases, or a slow API server.`,
    }),
    alert({
      name: `${prefix}ReconcileErrors`,
      expression: rate(runtimeMetrics.reconcileErrors, { by: ['controller'], over: '15m' })
        .dividedBy(rate(runtimeMetrics.reconcileTotal, { by: ['controller'], over: '15m' }))
        .above(0.1),
      minutes: 15,
      severity: 'warning',
      summary: ({ label, percentage }) =>
        `${title}: ${percentage} of the reconciles of controller ${label('controller')} fail.`,
      description: () =>
        `Objects whose reconcile fails are retried ever more slowly and are not kept in step. ${logs} has one line per ` +
        `failure with namespace, name and cause; events on these objects say the same.`,
    }),
    alert({
      name: `${prefix}QueueNotDraining`,
      expression: waiting.above(0).and(waiting.atLeast(waitedBefore)),
      minutes: 15,
      severity: 'warning',
      summary: ({ label }) => `${title}: the queue of controller ${label('controller')} does not drain.`,
      description: () =>
        `Changes take effect late or not at all. When reconciles end (dashboard: Reconciles by result), there is more ` +
        `work than workers do: raise the setting workers. When none ends, they hang on a server that does not answer: ` +
        `${logs} and the latency of requests show which.`,
    }),
  ];
}
