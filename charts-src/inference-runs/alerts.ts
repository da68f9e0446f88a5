import { inferenceRunsMetrics } from '../../definitions/metrics/inference-runs';
import { inferenceRunsLease } from '../../definitions/names/inference';
import { type Alert, alert } from '../monitoring/alert';
import { controllerAlerts } from '../monitoring/controller-alerts';
import { queriesOf } from '../monitoring/expression';
import type { ScrapeTarget } from '../monitoring/scrape-target';

const prefix = 'SlipwayInferenceRuns';
const title = 'Inference runs';

/** The installation that the alerts are about. */
export interface AlertedInferenceRuns {
  readonly target: ScrapeTarget;
  readonly deployment: string;
}

/** Lists runs with what matters of each. */
const list = 'kubectl get inferenceruns -A';

/** Alerts about inference runs: those of every controller, and about runs that don't start or don't end well. */
export function inferenceRunsAlerts({ target, deployment }: AlertedInferenceRuns): readonly Alert[] {
  const { max, increase } = queriesOf(target);
  const { runs, attempts, items } = inferenceRunsMetrics;
  return [
    ...controllerAlerts({
      prefix,
      title,
      target,
      deployment,
      lease: inferenceRunsLease,
      consequence:
        'Runs that are under way go on, and schedules go on firing. New runs are not started, the status of all stands still, ' +
        'and runs that are deleted stay.',
    }),
    alert({
      name: `${prefix}Blocked`,
      // Every pod counts all of them, standing by or not.
      expression: max(runs, { where: { phase: 'Blocked' } }).above(0),
      minutes: 30,
      severity: 'warning',
      summary: () => `${title}: runs can't start.`,
      description: () =>
        `Something that they name is missing or wrong, most often the InferenceConfig. The message of condition Synced says ` +
        `what: ${list} finds those in phase Blocked, kubectl describe inferencerun shows the condition. They start by ` +
        `themselves once it is put right.`,
    }),
    alert({
      name: `${prefix}NotStarting`,
      expression: max(runs, { where: { phase: 'Pending' } }).above(0),
      minutes: 60,
      severity: 'warning',
      summary: () => `${title}: for an hour there has been a run whose pod does not start.`,
      description: () =>
        `${list} finds those in phase Pending; the message of condition Ready says why their pods wait: an image that can't ` +
        `be pulled, no node with room, a quota, a Secret or a volume that is not there.`,
    }),
    alert({
      name: `${prefix}AttemptsFailing`,
      expression: increase(attempts, { where: { outcome: { matches: 'failed|lost' } }, over: '1h' })
        .dividedBy(increase(attempts, { over: '1h' }))
        .above(0.2),
      minutes: 0,
      severity: 'warning',
      summary: ({ percentage }) => `${title}: ${percentage} of the attempts of the last hour failed.`,
      description: () =>
        `${list} finds runs in phase Failed; status.failure has reason, exit code and the last lines of the log, ` +
        `status.result what the runner counted. When many fail with the same reason, look at what they share: the model, ` +
        `the endpoint, the storage.`,
    }),
    alert({
      name: `${prefix}ItemsFailing`,
      expression: increase(items, { where: { outcome: 'failed' }, over: '6h' })
        .dividedBy(increase(items, { over: '6h' }))
        .above(0.1),
      minutes: 0,
      severity: 'warning',
      summary: ({ percentage }) => `${title}: ${percentage} of the items of the last six hours failed.`,
      description: () =>
        `The runs may have succeeded all the same: their configs allow it. Each item that failed is in the dead letters ` +
        `beside the output with its error; status.result.errors of a run has the most frequent ones.`,
    }),
  ];
}
