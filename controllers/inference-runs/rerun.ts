import type { InferenceRun } from '../../definitions/inference/inference-run';
import { runAnnotations } from '../../definitions/names/inference';

/** What the rerun annotation of a run says, undefined when it says nothing. */
export function rerunOf({ metadata: { annotations } }: InferenceRun): string | undefined {
  return annotations?.[runAnnotations.rerun];
}

/** Whether the annotation asks for another attempt: it has a value that was not acted upon. */
export function asksForRerun(run: InferenceRun): boolean {
  const rerun = rerunOf(run);
  return rerun !== undefined && rerun !== run.status?.observedRerun;
}
