import * as z from 'zod';
import { exitCodes } from '../../definitions/inference/runner-report';
import { runnerVariables } from '../../definitions/names/inference';
import { errorCodes } from './error-code';
import type { Connect } from './execute';
import { inputKinds } from './input-kinds';
import type { Output } from './output';
import { outputKinds } from './output-kinds';
import { withPlaceholders } from './placeholders';
import { RunnerError } from './runner-error';
import { separateDeadLetters } from './separate-dead-letters';
import { chosenStorage } from './storage-kind';
import type { Work } from './work';

type StorageByKind = Readonly<Record<string, unknown>> | undefined;

/** Makes the parts that a Contract names; their code is loaded when it is asked for. */
export const connections: Connect = {
  input: async (work) => {
    const { kind, code, settings } = chosenStorage('input', work.contract.input, inputKinds);
    const { createInput } = await code();
    return createInput(resolved(`input.${kind}`, settings, work), work);
  },
  output: async (work) => {
    const results = await outputAt('output', work.contract.output, work);
    const { deadLetter } = work.execution.errors;
    if (deadLetter === 'inherit' || deadLetter === 'none') return results;
    // Whoever gets the dead letters keeps them as an output that inherits them.
    const errors = { ...work.execution.errors, deadLetter: 'inherit' };
    const keeping: Work = { ...work, execution: { ...work.execution, errors } };
    return separateDeadLetters(results, await outputAt(deadLetterPath, storageOf(deadLetter), keeping));
  },
  model: async (work) => {
    const { createModelClient } = await import('./model/model-client-of.js');
    return createModelClient(work);
  },
};

const deadLetterPath = 'execution.errors.deadLetter';

async function outputAt(path: string, storage: StorageByKind, work: Work): Promise<Output> {
  const { kind, code, settings } = chosenStorage(path, storage, outputKinds);
  const { createOutput } = await code();
  return createOutput(resolved(`${path}.${kind}`, settings, work), work);
}

/** @throws RunnerError with exit code 2 for what is no output by its kind */
function storageOf(deadLetter: unknown): StorageByKind {
  const parsed = z.record(z.string(), z.unknown()).safeParse(deadLetter);
  if (parsed.success) return parsed.data;
  const message = `${deadLetterPath}: got ${JSON.stringify(deadLetter)}, allowed: inherit, none, an output by its kind`;
  throw new RunnerError(exitCodes.contract, errorCodes.contract, message);
}

/** Settings with what their placeholders stand for in this run. @throws RunnerError with exit code 2 */
function resolved(path: string, settings: unknown, work: Work): unknown {
  const { contract, environment, executionId, shard } = work;
  const runName = contract.run?.name ?? environment[runnerVariables.runName];
  return withPlaceholders(settings, path, { parameters: contract.parameters ?? {}, runName, executionId, shard });
}
