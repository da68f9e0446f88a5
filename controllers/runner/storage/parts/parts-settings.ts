import type { OutputParts, ResultField } from '../../../../definitions/inference/storage/output-format';
import { exitCodes } from '../../../../definitions/inference/runner-report';
import { RunnerError } from '../../runner-error';
import type { Work } from '../../work';

/** What a result has when nobody said. */
export const defaultFields: readonly ResultField[] = ['id', 'predictions'];

/** Settings of parts, with every default. */
export interface PartsSettings extends Required<OutputParts> {
  /** Bad items go beside the parts. */
  readonly writesErrors: boolean;
  /** What is there is looked at, and progress kept. */
  readonly resumes: boolean;
  readonly everySeconds: number;
}

/**
 * @param kind for messages
 * @throws RunnerError with exit code 2 for checkpoints that are not beside the output
 */
export function partsSettings(kind: string, settings: OutputParts, { execution }: Work): PartsSettings {
  const { mode, everySeconds } = execution.checkpoint;
  if (mode === 'configMap' || mode === 'pvc') {
    throw new RunnerError(
      exitCodes.contract,
      'STORAGE_WRITE',
      `contract execution.checkpoint.mode: got "${mode}", output ${kind} knows auto, output and off`,
    );
  }
  return {
    format: 'jsonl',
    compression: 'none',
    include: [...defaultFields],
    partItems: 10_000,
    errorsName: 'errors',
    mode: 'overwrite',
    ...settings,
    writesErrors: execution.errors.deadLetter === 'inherit',
    resumes: mode !== 'off',
    everySeconds,
  };
}

/** Name of the execution's own folder. @throws RunnerError with exit code 2 for an id that is no name */
export function executionFolder({ executionId }: Work): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/.test(executionId)) return executionId;
  const message = `contract executionId: got ${JSON.stringify(executionId)}, expected letters, digits, dots and dashes`;
  throw new RunnerError(exitCodes.contract, 'STORAGE_WRITE', message);
}
