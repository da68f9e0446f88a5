import {
  inferenceRunsDefaultFlags,
  inferenceRunsProcessVariables,
  inferenceRunsVariables,
} from '../../definitions/config/inference-runs-variables';
import type { Environment } from '../component';
import { runComponent } from '../process';
import { parseControllerFlags } from '../runtime/flags';
import { UsageError } from '../runtime/usage-error';
import { inferenceRuns } from './component';
import type { GivenFlags } from './settings';

/**
 * `slipway inference-runs`, which understands command line and variables of upstream's controller too.
 *
 * @returns the exit code of the process
 * @throws UsageError, ConfigError before anything is started
 */
// Imported when it is asked for, which the tool does not see.
// ts-unused-exports:disable-next-line
export async function runInferenceRuns(args: readonly string[], environment: Environment): Promise<number> {
  const { own, rest } = takeOwnFlags(args);
  const flags = parseControllerFlags([...inferenceRunsDefaultFlags, ...variableFlags(environment), ...rest]);
  return runComponent(inferenceRuns(own), flags, environment);
}

/** Upstream's flags for what is a setting here, in Go's syntax. */
export function takeOwnFlags(args: readonly string[]): {
  readonly own: GivenFlags;
  readonly rest: readonly string[];
} {
  const names = inferenceRunsVariables.flatMap(({ flag }) => flag ?? []);
  const own = new Map<string, string>();
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    const [, name = '', assigned, value] = /^--?([^=]+)(=(.*))?$/s.exec(argument) ?? [];
    if (!names.includes(name)) {
      rest.push(argument);
      continue;
    }
    if (assigned !== undefined) {
      own.set(name, value ?? '');
      continue;
    }
    index += 1;
    const next = args[index];
    if (next === undefined) throw new UsageError(`--${name}: needs a value`);
    own.set(name, next);
  }
  return { own, rest };
}

/** Flags that variables stand for; flags of the command line come behind them and win. @throws UsageError */
export function variableFlags(environment: Environment): readonly string[] {
  return inferenceRunsProcessVariables.flatMap(({ name, flag, values }) => {
    const given = environment[name];
    if (given === undefined || given === '') return [];
    const value = values === undefined ? given : values[given];
    if (value === undefined) {
      throw new UsageError(`${name}: got ${JSON.stringify(given)}, allowed: ${Object.keys(values ?? {}).join(', ')}`);
    }
    return [`--${flag}=${value}`];
  });
}
