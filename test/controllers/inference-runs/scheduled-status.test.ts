import type { InferenceRun } from '../../../definitions/inference/inference-run';
import type { InferenceRunStatus } from '../../../definitions/inference/inference-run-status';
import type { StoredJob, StoredJobStatus } from '../../../definitions/kubernetes/batch-resources';
import { scheduledStatus } from '../../../controllers/inference-runs/scheduled-status';

const noon = Date.parse('2026-03-01T12:00:00Z');
const cronJob = {
  metadata: { name: 'inf-iris-u1', namespace: 'ml', uid: 'cron', creationTimestamp: '2026-03-01T11:00:00Z' },
  status: { lastScheduleTime: '2026-03-01T11:50:00Z' },
};

const runWith = (spec: object = {}, status: InferenceRunStatus = {}): InferenceRun => ({
  metadata: { name: 'iris', namespace: 'ml', uid: 'u1', generation: 3 },
  spec: { configRef: { name: 'iris' }, timeoutSeconds: 0, schedule: '*/10 * * * *', ...spec },
  status,
});

const execution = (name: string, minute: number, status: StoredJobStatus, hash = 'aaaaaaaa') => {
  const startTime = `2026-03-01T11:${String(minute).padStart(2, '0')}:00Z`;
  const job: StoredJob = {
    metadata: { name, uid: `uid-${name}` },
    spec: {
      template: {
        spec: {
          containers: [],
          volumes: [
            { name: 'contract', configMap: { name: `inf-iris-u1-${hash}` } },
            { name: 'data', configMap: { name: 'input' } },
          ],
        },
      },
    },
    status: { startTime, ...status },
  };
  return { job, pods: [] };
};
const ended = (type: 'Complete' | 'Failed'): StoredJobStatus => ({
  conditions: [{ type, status: 'True', lastTransitionTime: '2026-03-01T11:59:00Z' }],
});

const statusOf = (parts: Partial<Parameters<typeof scheduledStatus>[0]>) =>
  scheduledStatus({
    run: runWith(),
    cronJob,
    executions: [],
    contract: undefined,
    block: undefined,
    now: noon,
    ...parts,
  });

describe('the status of a scheduled run', () => {
  it('says when the next execution is due, also after the clock has jumped over some (AT-45)', () => {
    expect(statusOf({}).schedule).toEqual({
      lastScheduleTime: '2026-03-01T11:50:00Z',
      nextScheduleTime: '2026-03-01T12:10:00Z',
    });
    const later = statusOf({ now: noon + 3_600_000 });
    expect(later.schedule?.nextScheduleTime).toBe('2026-03-01T13:10:00Z');
    expect(later.history).toBeUndefined();
  });

  it('says nothing of a next execution while the schedule is held back', () => {
    const status = statusOf({ run: runWith({ suspend: true }) });
    expect(status.phase).toBe('Suspended');
    expect(status.schedule?.nextScheduleTime).toBeUndefined();
  });

  it('has the newest executions first, no more than ten, and those whose Jobs are gone', () => {
    const before = runWith(
      {},
      { history: [{ jobName: 'old', uid: 'old', phase: 'Succeeded', startTime: '2026-03-01T10:00:00Z' }] },
    );
    const few = statusOf({
      run: before,
      executions: [execution('a', 1, ended('Complete')), execution('b', 2, ended('Failed'))],
    });
    expect(few.history?.map(({ jobName }) => jobName)).toEqual(['b', 'a', 'old']);
    const many = Array.from({ length: 12 }, (_, index) => execution(`j${index}`, index, ended('Complete')));
    expect(statusOf({ run: before, executions: many }).history?.map(({ jobName }) => jobName)).toEqual(
      Array.from({ length: 10 }, (_, index) => `j${11 - index}`),
    );
  });

  it('says of each execution which Contract it was given', () => {
    const run = runWith({}, { contractHash: 'bbbbbbbb11111111' });
    const executions = [execution('a', 1, ended('Complete')), execution('b', 2, ended('Complete'), 'bbbbbbbb')];
    expect(statusOf({ run, executions }).history?.map(({ contractHash }) => contractHash)).toEqual([
      'bbbbbbbb11111111',
      'aaaaaaaa',
    ]);
  });

  it('follows the newest execution that runs', () => {
    const executions = [execution('a', 1, { active: 1, ready: 1 }), execution('b', 2, { active: 1, ready: 0 })];
    const status = statusOf({ executions });
    expect(status).toMatchObject({
      phase: 'Pending',
      counts: { active: 1, ready: 0 },
      schedule: { active: ['b', 'a'] },
    });
  });

  it('keeps its Contract and says why when the config can not be used any more', () => {
    const run = runWith({}, { contract: 'Y29udHJhY3Q=', contractHash: 'bbbbbbbb11111111' });
    const status = statusOf({
      run,
      block: { reason: 'ConfigNotFound', message: 'InferenceConfig ml/iris does not exist' },
    });
    expect(status).toMatchObject({ phase: 'Scheduled', contract: 'Y29udHJhY3Q=' });
    expect(status.conditions).toContainEqual(
      expect.objectContaining({ type: 'Synced', status: 'False', reason: 'ReconcileError' }),
    );
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
  });
});
