import type { V1Deployment } from '@kubernetes/client-node';
import { conditionOf } from '../../controllers/runtime/conditions';
import { conditionsOf } from '../../controllers/serving/status/stored-status';
import type { Stored } from '../../definitions/kubernetes/core-resources';
import { inferenceServiceLabel } from '../../definitions/names/serving';
import { componentConditions, servingConditions } from '../../definitions/names/serving-conditions';
import type { InferenceService } from '../../definitions/serving/inference-service';
import type { Table } from './live-table';

/** Conditions that may tell why an InferenceService is not Ready, what is nearest to the cause first. */
const causes = [componentConditions.predictor, servingConditions.ingressReady, servingConditions.ready];

/** One row per InferenceService: whether it is Ready, its replicas, where it is, and what is wrong with it. */
export function servingTable(
  objects: readonly InferenceService[],
  deployments: readonly Stored<V1Deployment>[],
): Table {
  return {
    columns: ['INFERENCESERVICE', 'READY', 'PREDICTOR', 'REPLICAS', 'SERVED AT', 'MESSAGE'],
    rows: objects.map(({ metadata, status }) => {
      const conditions = conditionsOf(status);
      const wordOf = (type: string) => conditionOf(conditions, type)?.status ?? '-';
      const replicas = deployments.filter(
        (deployment) =>
          deployment.metadata.namespace === metadata.namespace &&
          deployment.spec?.template.metadata?.labels?.[inferenceServiceLabel] === metadata.name,
      );
      const sum = (numbers: readonly (number | undefined)[]) => numbers.reduce<number>((all, one = 0) => all + one, 0);
      const ready = sum(replicas.map(({ status: now }) => now?.readyReplicas));
      const wanted = sum(replicas.map(({ spec }) => spec?.replicas));
      return [
        `${metadata.namespace ?? ''}/${metadata.name}`,
        wordOf(servingConditions.ready),
        wordOf(componentConditions.predictor),
        replicas.length === 0 ? '-' : `${ready}/${wanted}`,
        status?.url ?? '-',
        messageOf(conditions),
      ];
    }),
  };
}

/** Of the condition that is nearest to the cause, on one line. */
function messageOf(conditions: ReturnType<typeof conditionsOf>): string {
  const failing = causes.map((type) => conditionOf(conditions, type)).find((found) => found?.status === 'False');
  if (failing === undefined) return '-';
  const { reason, message } = failing;
  return (
    [reason, message]
      .filter((text) => text !== undefined && text !== '')
      .join(': ')
      .replaceAll('\n', ' ') || '-'
  );
}
