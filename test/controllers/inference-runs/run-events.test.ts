import type { InferenceRunStatus } from '../../../definitions/inference/inference-run-status';
import { eventsOf } from '../../../controllers/inference-runs/run-events';

const pending: InferenceRunStatus = { phase: 'Pending', attempts: 1, jobStatus: { name: 'inf-iris' } };
const ready = (message: string) => [
  { type: 'Ready', status: 'False', reason: 'Creating', lastTransitionTime: '2026-03-01T12:00:00Z', message },
];
const record = (jobName: string, phase: string, exitCode: number) => ({ jobName, uid: jobName, phase, exitCode });

describe('the events of a run', () => {
  it.each<[string, InferenceRunStatus, InferenceRunStatus, string[]]>([
    ['its Job', {}, pending, ['Normal JobCreated: Job inf-iris begins attempt 1.']],
    [
      'its runner',
      pending,
      { ...pending, phase: 'Running' },
      ['Normal RunnerStarted: The runner of Job inf-iris is ready.'],
    ],
    [
      'a failed pod',
      { ...pending, phase: 'Running' },
      { ...pending, phase: 'Retrying', failure: { reason: 'InputFailed', message: 'no input.' } },
      ['Normal RunnerRetrying: Attempt 1: InputFailed: no input; it is tried again.'],
    ],
    [
      'its failure',
      pending,
      { ...pending, phase: 'Failed', failure: { reason: 'DeadlineExceeded' } },
      ['Warning RunFailed: Attempt 1 failed for good: DeadlineExceeded.'],
    ],
    [
      'an image that can not be pulled',
      pending,
      { ...pending, conditions: ready('ImagePullFailed: no: such image') },
      ['Warning ImagePullFailed: no: such image'],
    ],
    [
      'what keeps it from starting',
      {},
      { phase: 'Blocked', failure: { reason: 'ConfigNotFound', message: 'gone' } },
      ['Warning ConfigNotFound: gone'],
    ],
  ])('tell of %s, once', (_what, before, after, told) => {
    const texts = eventsOf(before, after, false).map(({ type, reason, note }) => `${type} ${reason}: ${note}`);
    expect(texts).toEqual(told);
    expect(eventsOf(after, after, false)).toEqual([]);
  });

  it('tell of each execution of a schedule when it ends', () => {
    const before: InferenceRunStatus = { phase: 'Scheduled', history: [record('a', 'Succeeded', 0)] };
    const after = { ...before, history: [record('b', 'Failed', 3), ...(before.history ?? [])] };
    expect(eventsOf(before, after, true)).toEqual([
      { type: 'Warning', reason: 'RunFailed', note: 'Job b failed with exit code 3; the schedule goes on.' },
    ]);
  });
});
