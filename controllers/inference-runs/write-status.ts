import { inferenceRuns, type InferenceRun } from '../../definitions/inference/inference-run';
import type { InferenceRunStatus } from '../../definitions/inference/inference-run-status';
import type { EventRecorder } from '../runtime/events';
import { mergeDifference } from '../runtime/merge-difference';
import { keyOf, refOf } from '../runtime/object-key';
import type { RunMetrics } from './metrics';
import { eventsOf } from './run-events';
import type { RunPass } from './run-pass';

/** Writes the status of a run, where it differs. @returns the run as it is then */
export type WriteStatus = (pass: RunPass, status: InferenceRunStatus) => Promise<InferenceRun>;

/**
 * The only writer of a run's status: a patch of what differs, of the status alone, so that what users edit meanwhile stays. A new phase
 * is only written over the state it was decided from. What users are told, and what is counted, follows what was written.
 */
export function statusWriter(events: EventRecorder, metrics: RunMetrics): WriteStatus {
  return async (pass, status) => {
    const { run, client, stores, context } = pass;
    const patch = mergeDifference(run.status, status);
    if (patch === undefined) return run;
    const isTransition = run.status?.phase !== status.phase;
    const { resourceVersion } = run.metadata;
    const written = await client.mergePatch(
      inferenceRuns,
      refOf(keyOf(run)),
      { status: patch },
      { subresource: 'status', signal: context.signal, ...(isTransition ? { resourceVersion } : {}) },
    );
    context.wrote(stores.runs, written);
    if (isTransition) {
      context.log.info(
        { phase: status.phase, from: run.status?.phase, reason: status.failure?.reason },
        'phase changed',
      );
    }
    const scheduled = run.spec?.schedule !== undefined;
    for (const note of eventsOf(run.status, status, scheduled)) events.record(written, note);
    metrics.changed(run.status ?? {}, status, scheduled);
    return written;
  };
}
