import { exitCodes } from '../../definitions/inference/runner-report';
import { errorCodes } from './error-code';
import { RunnerError } from './runner-error';

/** The one kind that is chosen below `input` or `output`. */
export interface ChosenStorage<Code> {
  readonly kind: string;
  /** Its settings as they are written, below its name. */
  readonly settings: unknown;
  readonly code: Code;
}

/**
 * The one kind a Contract names.
 *
 * @param storage settings by kind
 * @param supported what there is of each kind
 * @throws RunnerError with exit code 2 for no kind, several, or one that is not supported
 */
export function chosenStorage<Code>(
  side: 'input' | 'output',
  storage: Readonly<Record<string, unknown>> | undefined,
  supported: ReadonlyMap<string, Code>,
): ChosenStorage<Code> {
  const kinds = Object.keys(storage ?? {});
  const allowed = [...supported.keys()].join(', ');
  const [kind] = kinds;
  if (kind === undefined) throw refused(`${side}: no storage kind given, give one of ${allowed}`);
  if (kinds.length > 1) throw refused(`${side}: got several storage kinds (${kinds.join(', ')}), give only one`);
  const code = supported.get(kind);
  if (code === undefined) {
    throw refused(`${side}: unsupported storage kind ${JSON.stringify(kind)}, supported: ${allowed}`);
  }
  return { kind, settings: storage?.[kind], code };
}

function refused(message: string): RunnerError {
  return new RunnerError(exitCodes.contract, errorCodes.contract, message);
}
