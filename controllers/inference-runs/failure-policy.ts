import type { V1PodFailurePolicy } from '@kubernetes/client-node';
import { exitCodes } from '../../definitions/inference/runner-report';
import { runnerContainer } from '../../definitions/names/inference';

/** What would be the same in the next pod: the Contract, the items, a checkpoint of other work. */
const final = [exitCodes.contract, exitCodes.items, exitCodes.checkpoint];

/** Which ends of a pod decide about its Job; every other one is counted against the back-off limit. */
export const standardFailurePolicy: V1PodFailurePolicy = {
  rules: [
    { action: 'FailJob', onExitCodes: { containerName: runnerContainer, operator: 'In', values: [...final] } },
    {
      action: 'Ignore',
      onExitCodes: { containerName: runnerContainer, operator: 'In', values: [exitCodes.interrupted] },
    },
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  ],
};
