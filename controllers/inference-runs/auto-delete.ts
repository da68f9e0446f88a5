import type { InferenceConfigSpec } from '../../definitions/inference/inference-config';
import type { InferenceRunStatus } from '../../definitions/inference/inference-run-status';

/** When a config wants its finished runs deleted. */
export type AutoDelete = Pick<InferenceConfigSpec, 'autoDeletePolicy' | 'autoDeleteDelaySeconds'>;

/** Seconds between the end of a run and its deletion where the config says nothing, as upstream's Jobs had. */
const defaultDelaySeconds = 300;

/**
 * When a finished run is to be deleted. Scheduled runs are never asked about: they don't finish.
 *
 * @param policy of the config; undefined when the config is gone: then nothing is deleted
 * @returns milliseconds since the epoch; undefined: it stays
 */
export function autoDeleteAt(
  { phase, completionTime }: Pick<InferenceRunStatus, 'phase' | 'completionTime'>,
  policy: AutoDelete | undefined,
): number | undefined {
  if (policy === undefined || completionTime === undefined) return undefined;
  const { autoDeletePolicy, autoDeleteDelaySeconds = defaultDelaySeconds } = policy;
  const matches =
    (phase === 'Succeeded' && (autoDeletePolicy === 'DeleteOnSuccess' || autoDeletePolicy === 'DeleteOnCompletion')) ||
    (phase === 'Failed' && autoDeletePolicy === 'DeleteOnCompletion');
  return matches ? Date.parse(completionTime) + autoDeleteDelaySeconds * 1000 : undefined;
}
