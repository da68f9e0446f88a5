import type { StoredJobStatus } from '../../definitions/kubernetes/batch-resources';

/**
 * What a Job is about.
 *
 * - `pending`: no pod yet. `starting`: pods, none of them ready. `running`: one is ready.
 * - `retrying`: a pod failed, and the Job waits before it makes the next one.
 * - `suspended`: held back.
 * - `succeeded`, `failed`: decided; `at` is when, and `settled` says whether its last pod has ended, too.
 */
export type JobState =
  | { readonly state: 'pending' | 'starting' | 'running' | 'retrying' | 'suspended' }
  | { readonly state: 'succeeded'; readonly at: string | undefined }
  | {
      readonly state: 'failed';
      readonly at: string | undefined;
      readonly settled: boolean;
      /** Reason and message of the Job controller. */
      readonly reason: string | undefined;
      readonly message: string | undefined;
    };

/**
 * What a Job is about, from its conditions first: counters alone show a Job between two pods as a failed one, and a Job that failed
 * before its first pod as one that has not begun.
 */
export function jobStateOf(status: StoredJobStatus = {}): JobState {
  const { conditions = [], ready = 0, active = 0, failed = 0 } = status;
  const holds = (type: string) => conditions.find((one) => one.type === type && one.status === 'True');
  const complete = holds('Complete') ?? holds('SuccessCriteriaMet');
  if (complete !== undefined) return { state: 'succeeded', at: status.completionTime ?? complete.lastTransitionTime };
  const final = holds('Failed');
  const target = final ?? holds('FailureTarget');
  if (target !== undefined) {
    const { lastTransitionTime: at, reason, message } = target;
    return { state: 'failed', at, settled: final !== undefined, reason, message };
  }
  if (holds('Suspended') !== undefined) return { state: 'suspended' };
  if (ready > 0) return { state: 'running' };
  if (active > 0) return { state: 'starting' };
  return { state: failed > 0 ? 'retrying' : 'pending' };
}
