import { runnerVariables } from '../../definitions/names/inference';
import type { Connect } from './execute';
import { inputKinds } from './input-kinds';
import { outputKinds } from './output-kinds';
import { withPlaceholders } from './placeholders';
import { chosenStorage } from './storage-kind';
import type { Work } from './work';

/** Makes the parts that a Contract names; their code is loaded when it is asked for. */
export const connections: Connect = {
  input: async (work) => {
    const { kind, code, settings } = chosenStorage('input', work.contract.input, inputKinds);
    const { createInput } = await code();
    return createInput(resolved(`input.${kind}`, settings, work), work);
  },
  output: async (work) => {
    const { kind, code, settings } = chosenStorage('output', work.contract.output, outputKinds);
    const { createOutput } = await code();
    return createOutput(resolved(`output.${kind}`, settings, work), work);
  },
  model: async (work) => {
    const { createModelClient } = await import('./model/model-client-of.js');
    return createModelClient(work);
  },
};

/** Settings with what their placeholders stand for in this run. @throws RunnerError with exit code 2 */
function resolved(path: string, settings: unknown, work: Work): unknown {
  const { contract, environment, executionId, shard } = work;
  const runName = contract.run?.name ?? environment[runnerVariables.runName];
  return withPlaceholders(settings, path, { parameters: contract.parameters ?? {}, runName, executionId, shard });
}
