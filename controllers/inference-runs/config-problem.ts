import { blockReasons } from '../../definitions/names/inference';

/** Something about a config, or about what a run sets over it. */
export interface ConfigProblem {
  /** Reason of a condition or an event. */
  readonly reason: string;
  /** Names the field, what it says and what to do. */
  readonly message: string;
  /** An error blocks runs; a warning is told once for each generation. */
  readonly severity: 'error' | 'warning';
}

/** What can't be run. */
export function invalid(message: string): ConfigProblem {
  return { reason: blockReasons.configInvalid, message, severity: 'error' };
}
