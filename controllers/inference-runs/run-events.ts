import type { ExecutionRecord, InferenceRunStatus } from '../../definitions/inference/inference-run-status';
import { blockReasons, runConditions, runEvents } from '../../definitions/names/inference';
import type { EventNote } from '../runtime/events';

/**
 * What users are told on their run when its status changes. From the statuses alone, so that a status that could not be written is not
 * told, and one that says the same is told once.
 */
export function eventsOf(before: InferenceRunStatus = {}, after: InferenceRunStatus, scheduled: boolean): EventNote[] {
  const notes = scheduled ? executionNotes(before, after) : attemptNotes(before, after);
  return [...notes, ...waitingNotes(before, after), ...blockNotes(before, after)];
}

function attemptNotes(before: InferenceRunStatus, after: InferenceRunStatus): EventNote[] {
  const notes: EventNote[] = [];
  const attempt = after.attempts ?? 0;
  if (attempt > (before.attempts ?? 0)) {
    notes.push(normal(runEvents.jobCreated, `Job ${jobOf(after)} begins attempt ${attempt}.`));
  }
  if (after.phase === before.phase) return notes;
  if (after.phase === 'Running') {
    notes.push(normal(runEvents.runnerStarted, `The runner of Job ${jobOf(after)} is ready.`));
  } else if (after.phase === 'Retrying') {
    notes.push(normal(runEvents.runnerRetrying, `Attempt ${attempt}: ${failureText(after)}; it is tried again.`));
  } else if (after.phase === 'Succeeded') {
    notes.push(normal(runEvents.runSucceeded, `Job ${jobOf(after)} succeeded${itemsText(after)}.`));
  } else if (after.phase === 'Failed') {
    notes.push(warning(runEvents.runFailed, `Attempt ${attempt} failed for good: ${failureText(after)}.`));
  }
  return notes;
}

/** A failed execution of a schedule is told like a failed run; the schedule goes on. */
function executionNotes(before: InferenceRunStatus, after: InferenceRunStatus): EventNote[] {
  return newRecords(before, after).map(({ jobName, phase, exitCode }) =>
    phase === 'Succeeded'
      ? normal(runEvents.runSucceeded, `Job ${jobName} succeeded.`)
      : warning(
          runEvents.runFailed,
          `Job ${jobName} failed${exitCode === undefined ? '' : ` with exit code ${exitCode}`}; the schedule goes on.`,
        ),
  );
}

/** Attempts or executions that have ended between two statuses. */
export function newRecords(before: InferenceRunStatus, after: InferenceRunStatus): readonly ExecutionRecord[] {
  const known = new Set((before.history ?? []).map(({ uid, jobName }) => `${jobName} ${uid}`));
  return (after.history ?? []).filter(({ uid, jobName }) => !known.has(`${jobName} ${uid}`));
}

/** A pod that can't start is told when the words change, not each time its run is looked at. */
function waitingNotes(before: InferenceRunStatus, after: InferenceRunStatus): EventNote[] {
  const message = readyMessage(after);
  if (after.phase !== 'Pending' || message === undefined || message === readyMessage(before)) return [];
  const [reason = '', ...words] = message.split(': ');
  return [warning(reason, words.join(': '))];
}

function blockNotes(before: InferenceRunStatus, after: InferenceRunStatus): EventNote[] {
  if (after.phase !== 'Blocked' || after.failure === undefined) return [];
  const { reason, message = '' } = after.failure;
  if (before.phase === 'Blocked' && before.failure?.reason === reason && before.failure.message === message) return [];
  return Object.values<string>(blockReasons).includes(reason) ? [warning(reason, message)] : [];
}

function readyMessage({ conditions = [] }: InferenceRunStatus): string | undefined {
  return conditions.find(({ type }) => type === runConditions.ready)?.message;
}

function jobOf({ jobStatus }: InferenceRunStatus): string {
  return jobStatus?.name ?? '';
}

function failureText({ failure }: InferenceRunStatus): string {
  if (failure === undefined) return 'it failed';
  const { reason, message } = failure;
  return message === undefined ? reason : `${reason}: ${message.trim().replace(/\.$/, '')}`;
}

function itemsText({ result }: InferenceRunStatus): string {
  if (result === undefined) return '';
  const { total, succeeded, failed, skipped } = result.items;
  return ` (${succeeded + skipped} of ${total} items, ${failed} failed)`;
}

const normal = (reason: string, note: string): EventNote => ({ type: 'Normal', reason, note });
const warning = (reason: string, note: string): EventNote => ({ type: 'Warning', reason, note });
