import { parseArgs } from 'node:util';
import { runnerPort, runnerVariables, terminationLog } from '../../definitions/names/inference';
import type { Environment } from '../component';
import { parseBindAddress, type BindAddress } from '../runtime/bind-address';
import type { LogLevel, LogOptions } from '../runtime/log';
import { UsageError } from '../runtime/usage-error';

/** The command line of `slipway runner`, and what variables say beside the Contract. */
export interface RunnerArguments {
  /** Where metrics and liveness are served; undefined: nowhere. */
  readonly metrics: BindAddress | undefined;
  /** File that gets the report. */
  readonly terminationLog: string;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly graceSeconds: number;
  readonly log: Pick<LogOptions, 'level' | 'encoder'>;
}

const metricsFlag = 'metrics-addr';
const options = {
  [metricsFlag]: { type: 'string', default: `:${runnerPort}` },
  'termination-log': { type: 'string', default: terminationLog },
} as const;

/** The grace period of a pod that does not say. */
const defaultGraceSeconds = 30;

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'fatal'];
const formats = { json: 'json', text: 'console' } as const;

/** What `slipway runner --help` shows. */
export const runnerHelp = `slipway runner: does the work of a Contract: reads items, asks a model about them, writes what it says

Usage: slipway runner [--metrics-addr=HOST:PORT] [--termination-log=FILE]

Flags:
  --metrics-addr HOST:PORT  /metrics and /healthz; 0: none (default ":${runnerPort}")
  --termination-log FILE    gets the report (default "${terminationLog}")
  --help                    show this

Variables:
  ${runnerVariables.contractPath}, ${runnerVariables.logLevel} (${levels.join(', ')}), ${runnerVariables.logFormat} (${Object.keys(formats).join(', ')}),
  ${runnerVariables.gracePeriod} (seconds between SIGTERM and SIGKILL, default ${defaultGraceSeconds})

Exit codes: 0 done, 2 the Contract is wrong, 3 input failed, 4 inference failed, 5 output failed, 6 bad items,
7 endpoint or credentials unusable, 8 output belongs to other work, 75 interrupted with progress saved.
`;

/** @throws UsageError naming flag or variable, value and what is allowed */
export function parseRunnerArguments(args: readonly string[], environment: Environment): RunnerArguments {
  const values = parsedFlags(args);
  const level = choice(environment, runnerVariables.logLevel, levels, 'info');
  const format = choice(environment, runnerVariables.logFormat, ['json', 'text'] as const, 'json');
  return {
    metrics: parseBindAddress(values[metricsFlag], metricsFlag),
    terminationLog: values['termination-log'],
    graceSeconds: seconds(environment, runnerVariables.gracePeriod),
    log: { level, encoder: formats[format] },
  };
}

function parsedFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const allowed = Object.keys(options).map((name) => `--${name}`);
    const cause = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${cause.split('. ')[0]}, allowed are ${allowed.join(', ')}`);
  }
}

function choice<Value extends string>(
  environment: Environment,
  name: string,
  allowed: readonly Value[],
  otherwise: Value,
): Value {
  const text = environment[name] ?? '';
  if (text === '') return otherwise;
  const found = allowed.find((value) => value === text.toLowerCase());
  if (found !== undefined) return found;
  throw new UsageError(`${name}: ${JSON.stringify(text)} is not allowed, give ${allowed.join(', ')}`);
}

function seconds(environment: Environment, name: string): number {
  const text = environment[name] ?? '';
  if (text === '') return defaultGraceSeconds;
  if (/^[0-9]{1,6}$/.test(text)) return Number(text);
  throw new UsageError(`${name}: ${JSON.stringify(text)} is not allowed, give a whole number of seconds`);
}
