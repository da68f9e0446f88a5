import { z } from 'zod';
import { objectReference } from '../../../definitions/inference/object-reference';
import { exitCodes } from '../../../definitions/inference/runner-report';
import { ConfigError, parseConfig } from '../../../definitions/config/parse-config';
import { errorCodes } from '../error-code';
import { RunnerError } from '../runner-error';

/** Which side of a run a call is made for. */
export type Side = 'input' | 'output';

/** Exit code and error code of failures of each side. */
export const failureOf = {
  input: { exitCode: exitCodes.input, code: errorCodes.storageRead },
  output: { exitCode: exitCodes.output, code: errorCodes.storageWrite },
} as const satisfies Record<Side, object>;

/** The call, as Krateo's APIs write it. Objects of theirs can have members that we don't know: nothing here is strict. */
const api = z.looseObject({
  endpointRef: objectReference,
  path: z.string().default(''),
  // Upstream's runners send GET, with the body, where nothing is said.
  verb: z
    .string()
    .default('')
    .transform((verb) => (verb.trim() === '' ? 'GET' : verb.trim().toUpperCase()))
    .refine((verb) => /^[A-Z]+$/.test(verb), 'expected an HTTP method'),
  headers: z.array(z.string()).default([]),
  payload: z.string().default(''),
});
export type KrateoApi = z.output<typeof api>;

const shared = {
  api,
  /** Whether the notebook of a path `/compute/NAME` must be in the handler's list. */
  checkNotebook: z.boolean().default(true),
  /** Whether values of parameters may contain `=`, where the handler's notebooks cut them. */
  allowEqualsSign: z.boolean().default(false),
};

const inputSettings = z.looseObject({ ...shared, resultField: z.string().min(1).default('result') });
export type InputSettings = z.output<typeof inputSettings>;

/**
 * Most bytes of the predictions: the handler hands them to the notebook as one argument `predictions=...` of its process, and Linux takes
 * at most 131,071 bytes in one.
 */
const longestPredictions = 131_059;

const outputSettings = z.looseObject({
  ...shared,
  successBody: z.enum(['emptyOrJson', 'any']).default('emptyOrJson'),
  maxPredictionsBytes: z.int().min(2).default(longestPredictions),
  chunking: z.looseObject({ offsetParameter: z.string().min(1).exactOptional() }).default({}),
  executionIdIn: z.enum(['none', 'pod_uid']).default('none'),
});
export type OutputSettings = z.output<typeof outputSettings>;

/** @throws RunnerError with exit code 2 naming what can't be used */
export function parseInputSettings(settings: unknown): InputSettings {
  return parsed(() => parseConfig(inputSettings, settings, 'input.krateo'));
}

/** @throws RunnerError with exit code 2 naming what can't be used */
export function parseOutputSettings(settings: unknown): OutputSettings {
  return parsed(() => parseConfig(outputSettings, settings, 'output.krateo'));
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ConfigError) throw refusedContract(error.message);
    throw error;
  }
}

/** What the Contract asks for can't be done, however often it is tried. */
export function refusedContract(message: string): RunnerError {
  return new RunnerError(exitCodes.contract, errorCodes.contract, message);
}
