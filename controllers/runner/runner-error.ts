import type { ExitCode } from '../../definitions/inference/runner-report';

/** What ends a run, with the exit code that says at which stage. */
export class RunnerError extends Error {
  /** @param code error code of the report: STORAGE_READ, STORAGE_WRITE, CREDENTIALS or one of an item */
  constructor(
    readonly exitCode: ExitCode,
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RunnerError';
  }
}
