import type { ExecutionSettings } from '../../definitions/inference/execution';
import { invalid, type ConfigProblem } from './config-problem';
import { outputKindNames } from '../../definitions/inference/storage-kinds';
import { deadLetterOutput } from './storage-volumes';

/** Words for dead letters; anything else is an output by its kind. */
const deadLetterWords: readonly unknown[] = ['inherit', 'none'];

/** Checkpoints that the API knows and our runner doesn't have yet. */
const laterCheckpoints: readonly unknown[] = ['configMap', 'pvc'];

/** What is tried again: a word, or a status of HTTP. */
const retryable = /^(network|timeout|[1-5][0-9]{2})$/;

/**
 * What the schema of `execution` can't say.
 *
 * @param field where the settings stand, for messages: `spec.execution`
 * @param genericRunner runners of others may understand more
 */
export function checkExecution(
  execution: ExecutionSettings | undefined,
  field: string,
  genericRunner: boolean,
): readonly ConfigProblem[] {
  if (!genericRunner || execution === undefined) return [];
  const { checkpoint, retry, errors } = execution;
  const unknown = retry?.retryOn?.filter((each) => !retryable.test(each)) ?? [];
  return [
    ...(laterCheckpoints.includes(checkpoint?.mode)
      ? [invalid(`${field}.checkpoint.mode: ${String(checkpoint?.mode)} is not supported yet; use auto, output or off`)]
      : []),
    ...unknown.map((each) =>
      invalid(
        `${field}.retry.retryOn: ${JSON.stringify(each)} is none of network, timeout and HTTP statuses such as 503`,
      ),
    ),
    ...checkDeadLetter(errors?.deadLetter, `${field}.errors.deadLetter`),
  ];
}

/** In a word, or an output by its kind. */
function checkDeadLetter(deadLetter: unknown, field: string): readonly ConfigProblem[] {
  if (deadLetter === undefined || deadLetterWords.includes(deadLetter)) return [];
  const output = deadLetterOutput(deadLetter);
  if (output !== undefined) return checkKinds(output, outputKindNames, field);
  return [invalid(`${field}: got ${JSON.stringify(deadLetter)}, allowed are inherit, none and an output by its kind`)];
}

/** There is to be one kind, and one that our runner knows. */
export function checkKinds(
  storage: Readonly<Record<string, object>> | undefined,
  known: readonly string[],
  field: string,
): readonly ConfigProblem[] {
  const kinds = Object.keys(storage ?? {});
  const [kind] = kinds;
  if (kind === undefined) return [invalid(`${field} is empty: give one of ${known.join(', ')}`)];
  if (kinds.length > 1) return [invalid(`${field} has several kinds (${kinds.join(', ')}): give one`)];
  if (known.includes(kind)) return [];
  return [invalid(`${field}: the runner has no storage kind ${JSON.stringify(kind)}, only ${known.join(', ')}`)];
}
