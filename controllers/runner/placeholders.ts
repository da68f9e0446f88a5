import { exitCodes } from '../../definitions/inference/runner-report';
import { errorCodes } from './error-code';
import { RunnerError } from './runner-error';

/** What placeholders stand for. */
export interface PlaceholderValues {
  readonly parameters: Readonly<Record<string, string>>;
  /** Absent where neither Contract nor environment name the run. */
  readonly runName: string | undefined;
  readonly executionId: string;
  readonly shard: number;
}

const placeholder = /\$\{([^{}]*)\}/g;
const allowed = '${parameters.NAME}, ${run.name}, ${executionId}, ${shard}';

/**
 * Settings of a storage kind with the placeholders in their texts replaced. Nothing else is evaluated, and what a placeholder stands for
 * is not looked at again: a parameter can't name another one.
 *
 * @param path where the settings stand, for errors: `input.s3`
 * @throws RunnerError with exit code 2 for a name that stands for nothing
 */
export function withPlaceholders(settings: unknown, path: string, values: PlaceholderValues): unknown {
  if (typeof settings === 'string') {
    return settings.replace(placeholder, (written, name: string) => valueOf(name, written, path, values));
  }
  if (Array.isArray(settings)) {
    return settings.map((each, index) => withPlaceholders(each, `${path}[${index}]`, values));
  }
  if (typeof settings !== 'object' || settings === null) return settings;
  return Object.fromEntries(
    Object.entries(settings).map(([name, each]) => [name, withPlaceholders(each, `${path}.${name}`, values)]),
  );
}

function valueOf(name: string, written: string, path: string, values: PlaceholderValues): string {
  const value = lookUp(name.trim(), values);
  if (value !== undefined) return value;
  const message = `${path}: ${written} stands for nothing in this run, there are ${allowed}`;
  throw new RunnerError(exitCodes.contract, errorCodes.contract, message);
}

function lookUp(name: string, { parameters, runName, executionId, shard }: PlaceholderValues): string | undefined {
  if (name === 'run.name') return runName;
  if (name === 'executionId') return executionId;
  if (name === 'shard') return String(shard);
  const [, parameter] = /^parameters\.(.+)$/.exec(name) ?? [];
  return parameter !== undefined && Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined;
}
