import type { InferenceRun, InferenceRunSpec } from '../../../definitions/inference/inference-run';
import type { InferenceRunStatus } from '../../../definitions/inference/inference-run-status';
import type { StoredJobStatus } from '../../../definitions/kubernetes/batch-resources';
import { decide, type Decision, type RunFacts } from '../../../controllers/inference-runs/decide';
import type { RunnerPod } from '../../../controllers/inference-runs/observed-objects';
import { startedStatus } from '../../../controllers/inference-runs/run-status';

const start = Date.parse('2026-03-01T12:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString().replace('.000Z', 'Z');

const runWith = (
  status: InferenceRunStatus | undefined,
  spec: Partial<InferenceRunSpec> = {},
  annotations: Record<string, string> = {},
): InferenceRun => ({
  metadata: { name: 'iris', namespace: 'ml', uid: 'u1', generation: 1, annotations },
  spec: { configRef: { name: 'iris' }, timeoutSeconds: 0, ...spec },
  ...(status === undefined ? {} : { status }),
});

const jobWith = (status: StoredJobStatus, name = 'inf-iris-u1') => ({
  metadata: { name, uid: `uid-${name}`, namespace: 'ml' },
  status,
});

const condition = (type: string, more: object = {}) => ({
  type,
  status: 'True',
  lastTransitionTime: at(0),
  ...more,
});

const endedPod = (exitCode: number, message?: string, reason = exitCode === 0 ? 'Completed' : 'Error'): RunnerPod => ({
  metadata: { name: 'pod-1', namespace: 'ml' },
  status: {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    containerStatuses: [
      {
        name: 'inference',
        image: '',
        imageID: '',
        ready: false,
        restartCount: 0,
        state: { terminated: { exitCode, reason, ...(message === undefined ? {} : { message }) } },
      },
    ],
  },
});

const facts = (parts: Partial<RunFacts> & Pick<RunFacts, 'run'>): RunFacts => ({
  attempts: parts.run.status?.attempts ?? 0,
  job: undefined,
  pods: [],
  autoDelete: { autoDeletePolicy: 'None', autoDeleteDelaySeconds: 300 },
  notes: [],
  now: start,
  ...parts,
});

const begun: InferenceRunStatus = {
  phase: 'Pending',
  attempts: 1,
  startTime: at(-60),
  jobStatus: { name: 'inf-iris-u1', uid: 'uid-inf-iris-u1' },
};

const settled = (decision: Decision): Extract<Decision, { act: 'settle' }> => {
  if (decision.act !== 'settle') throw new Error(`it is to ${decision.act}`);
  return decision;
};
const conditionIn = (status: InferenceRunStatus, type: string) => status.conditions?.find((each) => each.type === type);

describe('a run', () => {
  it('begins with attempt 1', () => {
    expect(decide(facts({ run: runWith(undefined) }))).toEqual({ act: 'start', attempt: 1, rerun: false });
  });

  it.each<[string, StoredJobStatus, string, string]>([
    ['without pods', {}, 'Pending', 'Creating'],
    ['with a pod that is not ready', { active: 1, ready: 0 }, 'Pending', 'Creating'],
    ['with a ready pod', { active: 1, ready: 1 }, 'Running', 'Available'],
    ['between two pods (AT-06, C-08)', { active: 0, failed: 1 }, 'Retrying', 'Available'],
    ['whose next pod starts', { active: 1, ready: 0, failed: 1 }, 'Pending', 'Creating'],
    ['that is suspended', { conditions: [condition('Suspended')] }, 'Suspended', 'Unavailable'],
  ])('follows a Job %s', (_name, jobStatus, phase, reason) => {
    const { status } = settled(decide(facts({ run: runWith(begun), job: jobWith(jobStatus) })));
    expect(status.phase).toBe(phase);
    expect(conditionIn(status, 'Ready')?.reason).toBe(reason);
    expect(conditionIn(status, 'Synced')).toMatchObject({ status: 'True', reason: 'ReconcileSuccess' });
  });

  it('has nothing to say of a Job that has just been made, beyond what its start has said', () => {
    const job = jobWith({});
    const started = { attempt: 1, rerun: false, contract: '', contractHash: undefined, configGeneration: 1 };
    const before = startedStatus(runWith(undefined), { ...started, job: job.metadata }, start);
    const { status } = settled(decide(facts({ run: runWith(before), job })));
    expect(status).toEqual(before);
  });

  it.each(['Complete', 'SuccessCriteriaMet'])('succeeds with its Job, by the condition %s', (type) => {
    const job = jobWith({ active: 1, conditions: [condition(type)] });
    const { status } = settled(decide(facts({ run: runWith(begun), job })));
    expect(status.phase).toBe('Succeeded');
    expect(conditionIn(status, 'Succeeded')).toMatchObject({ status: 'True', reason: 'JobComplete' });
  });

  it.each(['Failed', 'FailureTarget'])(
    'fails with its Job, by the condition %s, although no pod counts (AT-07)',
    (type) => {
      const reason = 'DeadlineExceeded';
      const job = jobWith({ conditions: [condition(type, { reason, message: 'Job was active longer than 5 s' })] });
      const { status } = settled(decide(facts({ run: runWith(begun), job })));
      expect(status).toMatchObject({ phase: 'Failed', failure: { reason, message: 'Job was active longer than 5 s' } });
      expect(conditionIn(status, 'Ready')).toMatchObject({ status: 'False', reason: 'Unavailable' });
      expect(conditionIn(status, 'Succeeded')).toMatchObject({ status: 'False', reason });
    },
  );

  it.each([
    [2, 'ContractInvalid'],
    [3, 'InputFailed'],
    [4, 'InferenceFailed'],
    [5, 'OutputFailed'],
    [6, 'PartialFailure'],
    [7, 'EndpointUnavailable'],
    [8, 'CheckpointConflict'],
    [75, 'Interrupted'],
    [1, 'RunnerError'],
  ])('says why a runner that ended with %i failed', (exitCode, reason) => {
    const job = jobWith({ failed: 1, conditions: [condition('Failed', { reason: 'PodFailurePolicy' })] });
    const { status } = settled(decide(facts({ run: runWith(begun), job, pods: [endedPod(exitCode, 'oh')] })));
    expect(status.failure).toEqual({ reason, exitCode, podName: 'pod-1', containerReason: 'Error', message: 'oh' });
  });

  it('says that its runner ran out of memory', () => {
    const job = jobWith({ failed: 1, conditions: [condition('Failed', { reason: 'BackoffLimitExceeded' })] });
    const pods = [endedPod(137, undefined, 'OOMKilled')];
    expect(settled(decide(facts({ run: runWith(begun), job, pods }))).status.failure?.reason).toBe('OOMKilled');
  });

  it('that succeeded with some items says so', () => {
    const report = {
      v: 1,
      items: { total: 10, succeeded: 8, failed: 2, skipped: 0 },
      requests: 1,
      retries: 0,
      batches: 1,
      bytes: { in: 1, out: 1 },
      durationMs: 1,
    };
    const job = jobWith({ succeeded: 1, conditions: [condition('Complete')] });
    const { status } = settled(
      decide(facts({ run: runWith(begun), job, pods: [endedPod(0, JSON.stringify(report))] })),
    );
    expect(conditionIn(status, 'Succeeded')).toMatchObject({
      status: 'True',
      reason: 'JobCompleteWithErrors',
      message: '2 of 10 items failed',
    });
    expect(status.result).toEqual(report);
  });

  it.each(['', 'Killed', '{"v":1}', '{"v":', '[1]'])('takes %j in the termination log for no report', (message) => {
    const job = jobWith({ succeeded: 1, conditions: [condition('Complete')] });
    const { status } = settled(decide(facts({ run: runWith(begun), job, pods: [endedPod(0, message)] })));
    expect(status.phase).toBe('Succeeded');
    expect(status.result).toBeUndefined();
  });

  it('whose image can not be pulled says so, and waits', () => {
    const pod: RunnerPod = {
      metadata: { name: 'pod-1' },
      status: {
        phase: 'Pending',
        containerStatuses: [
          {
            name: 'inference',
            image: '',
            imageID: '',
            ready: false,
            restartCount: 0,
            state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } },
          },
        ],
      },
    };
    const { status } = settled(decide(facts({ run: runWith(begun), job: jobWith({ active: 1 }), pods: [pod] })));
    expect(status.phase).toBe('Pending');
    expect(conditionIn(status, 'Ready')).toMatchObject({ status: 'False', message: 'ImagePullFailed: no such image' });
  });

  it('whose Job was removed before its end failed', () => {
    const { status } = settled(decide(facts({ run: runWith(begun) })));
    expect(status).toMatchObject({ phase: 'Failed', failure: { reason: 'JobLost' } });
  });
});

/** Plays a run whose attempts all fail at once, second by second. @returns seconds at which attempts began */
function attemptsOf(spec: Partial<InferenceRunSpec>, seconds: number): readonly number[] {
  let status: InferenceRunStatus | undefined;
  let failedAt = 0;
  const begins: number[] = [];
  for (let now = 0; now <= seconds; now += 1) {
    const attempts = status?.attempts ?? 0;
    const job =
      attempts === 0
        ? undefined
        : jobWith(
            { failed: 1, conditions: [condition('Failed', { lastTransitionTime: at(failedAt) })] },
            `inf-iris-u1-r${attempts}`,
          );
    const decision = decide(facts({ run: runWith(status, spec), job, now: start + now * 1000 }));
    if (decision.act === 'delete') break;
    if (decision.act === 'settle') {
      status = decision.status;
      continue;
    }
    begins.push(now);
    failedAt = now;
    const name = `inf-iris-u1-r${decision.attempt}`;
    status = { ...status, phase: 'Pending', attempts: decision.attempt, jobStatus: { name } };
  }
  return begins;
}

describe('a run that failed', () => {
  it('is not begun again without restarts (AT-08, C-09)', () => {
    expect(attemptsOf({}, 600)).toEqual([0]);
  });

  it('is begun again as often as it may be, after 30 s and 60 s (AT-08)', () => {
    expect(attemptsOf({ maxRestarts: 2 }, 600)).toEqual([0, 30, 90]);
  });

  it('is begun again for ever where that is wanted, at most once in an hour', () => {
    const begins = attemptsOf({ maxRestarts: -1 }, 30_000);
    expect(begins.slice(0, 5)).toEqual([0, 30, 90, 210, 450]);
    expect(begins.slice(-1).map((last) => last - (begins.at(-2) ?? 0))).toEqual([3600]);
  });

  it('waits with its next attempt for the pods of the one before', () => {
    const job = jobWith({ conditions: [condition('FailureTarget')] });
    const decision = decide(facts({ run: runWith(begun, { maxRestarts: 1 }), job, now: start + 40_000 }));
    expect(settled(decision).status.phase).toBe('Retrying');
  });

  it('keeps the time and the reason of the failure while it waits', () => {
    const job = jobWith({ failed: 1, conditions: [condition('Failed')] });
    const first = settled(decide(facts({ run: runWith(begun, { maxRestarts: 1 }), job, pods: [endedPod(4, 'no')] })));
    expect(first.againInMs).toBe(30_000);
    const later = runWith(first.status, { maxRestarts: 1 });
    const second = settled(decide(facts({ run: later, job, now: start + 10_000 })));
    expect(second.status).toEqual(first.status);
    expect(second.againInMs).toBe(20_000);
  });
});

describe('a finished run', () => {
  const succeeded: InferenceRunStatus = { ...begun, phase: 'Succeeded', completionTime: at(0), observedGeneration: 1 };
  const failed: InferenceRunStatus = { ...succeeded, phase: 'Failed', failure: { reason: 'InputFailed', exitCode: 3 } };

  it.each([
    ['Succeeded', succeeded],
    ['Failed', failed],
  ])('stays %s when its Job is gone (AT-12, C-12)', (_phase, status) => {
    expect(settled(decide(facts({ run: runWith(status) }))).status).toEqual(status);
  });

  it.each<['DeleteOnCompletion' | 'DeleteOnSuccess' | 'None', string, InferenceRunStatus, boolean]>([
    ['DeleteOnCompletion', 'success', succeeded, true],
    ['DeleteOnCompletion', 'failure', failed, true],
    ['DeleteOnSuccess', 'success', succeeded, true],
    ['DeleteOnSuccess', 'failure', failed, false],
    ['None', 'success', succeeded, false],
    ['None', 'failure', failed, false],
  ])(
    'with %s after %s is there after 299 s, and after 301 s as the policy says (AT-11, C-11)',
    (policy, _after, status, gone) => {
      const autoDelete = { autoDeletePolicy: policy, autoDeleteDelaySeconds: 300 };
      const before = settled(decide(facts({ run: runWith(status), autoDelete, now: start + 299_000 })));
      expect(before.againInMs).toBe(gone ? 1_000 : undefined);
      const after = decide(facts({ run: runWith(status), autoDelete, now: start + 301_000 }));
      expect(after.act).toBe(gone ? 'delete' : 'settle');
    },
  );

  it('stays when its config, which says what becomes of it, is gone', () => {
    const decision = decide(facts({ run: runWith(succeeded), autoDelete: undefined, now: start + 999_000 }));
    expect(decision.act).toBe('settle');
  });

  it('is begun once more for each new value of the rerun annotation', () => {
    const asked = runWith(succeeded, {}, { 'ai.krateo.io/rerun': 'a' });
    expect(decide(facts({ run: asked }))).toEqual({ act: 'start', attempt: 2, rerun: true });
    const answered = runWith({ ...succeeded, observedRerun: 'a' }, {}, { 'ai.krateo.io/rerun': 'a' });
    expect(decide(facts({ run: answered })).act).toBe('settle');
  });

  it('takes up what a pod says that was still stopping when the run was given up', () => {
    const given: InferenceRunStatus = { ...failed, failure: { reason: 'DeadlineExceeded' } };
    const { status } = settled(decide(facts({ run: runWith(given), job: jobWith({}), pods: [endedPod(75)] })));
    expect(status.failure).toMatchObject({ reason: 'DeadlineExceeded', exitCode: 75, podName: 'pod-1' });
  });
});
