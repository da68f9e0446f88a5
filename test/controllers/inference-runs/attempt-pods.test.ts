import type { StoredJob } from '../../../definitions/kubernetes/batch-resources';
import { podsOf } from '../../../controllers/inference-runs/attempt-pods';
import type { RunnerPod } from '../../../controllers/inference-runs/observed-objects';
import type { RunPass } from '../../../controllers/inference-runs/run-pass';

const podWith = (state: object): RunnerPod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'runner',
    namespace: 'ml',
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'job', uid: 'job-uid', controller: true }],
  },
  status: {
    containerStatuses: [{ name: 'inference', image: 'a', imageID: '', ready: false, restartCount: 0, state }],
  },
});
const running = podWith({ running: {} });
const ended = podWith({ terminated: { exitCode: 0, message: 'report' } });

const complete = { type: 'SuccessCriteriaMet', status: 'True' };
const jobWith = (status: StoredJob['status']): StoredJob => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'job', namespace: 'ml', uid: 'job-uid' },
  ...(status === undefined ? {} : { status }),
});

/** The watch shows the pod as it was while it ran; the API server knows how it ended. */
const lateWatch = {
  run: { metadata: { uid: 'run-uid' } },
  stores: { pods: { byRun: { get: () => [running] } } },
  client: { list: () => Promise.resolve({ items: [ended] }) },
  context: { signal: new AbortController().signal },
} as unknown as RunPass;

describe('pods of a Job', () => {
  it.each([
    ['that has counted them', { conditions: [complete], succeeded: 1 }],
    ['that has ended and only noted them', { conditions: [complete], uncountedTerminatedPods: { succeeded: ['pod'] } }],
    [
      'that has failed and only noted them',
      { conditions: [{ type: 'FailureTarget', status: 'True' }], uncountedTerminatedPods: { failed: ['pod'] } },
    ],
  ])('%s are asked for when the watch does not show yet how they ended', async (_which, status) => {
    expect(await podsOf(lateWatch, jobWith(status))).toEqual([ended]);
  });

  it.each([
    ['goes on', { active: 1 }],
    ['ended before it had any', { conditions: [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded' }] }],
  ])('that %s are those that the watch shows', async (_which, status) => {
    expect(await podsOf(lateWatch, jobWith(status))).toEqual([running]);
  });
});
