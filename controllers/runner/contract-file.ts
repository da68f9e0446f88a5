import { readFile } from 'node:fs/promises';
import { ConfigError, parseConfig } from '../../definitions/config/parse-config';
import { contract, type Contract } from '../../definitions/inference/contract';
import { exitCodes } from '../../definitions/inference/runner-report';
import { contractPaths, runnerVariables } from '../../definitions/names/inference';
import type { Environment } from '../component';
import { causeText } from '../runtime/cause-text';
import { errorCodes } from './error-code';
import { parseJson } from './json';
import { RunnerError } from './runner-error';

/** A Contract, and what it was read from. */
export interface ContractFile {
  readonly path: string;
  readonly contract: Contract;
  /** The document as plain JSON, with the members nobody here knows: for its hash and for the log. */
  readonly document: object;
}

/**
 * Reads the Contract: from the file that `CONTRACT_PATH` names, else from where our controller mounts it, else from where upstream's does.
 *
 * @throws RunnerError with exit code 2 naming file, path, value and what is allowed
 */
export async function readContract(environment: Environment): Promise<ContractFile> {
  const { path, text } = await firstReadable(placesOf(environment));
  const document = parsed(path, text, JSON.parse);
  if (typeof document !== 'object' || document === null) throw refused(`${path}: is no JSON object`);
  try {
    // Inline items may be whole numbers that a double can't hold.
    return { path, document, contract: parseConfig(contract, parsed(path, text, parseJson), path) };
  } catch (error) {
    throw error instanceof ConfigError ? refused(error.message, error) : error;
  }
}

function placesOf(environment: Environment): readonly string[] {
  const named = environment[runnerVariables.contractPath];
  return named === undefined || named === '' ? [contractPaths.ours, contractPaths.upstream] : [named];
}

async function firstReadable(places: readonly string[]): Promise<{ readonly path: string; readonly text: string }> {
  const causes: string[] = [];
  for (const path of places) {
    try {
      return { path, text: await readFile(path, 'utf8') };
    } catch (error) {
      causes.push(causeText(error));
    }
  }
  throw refused(`reading the Contract: ${causes.join('; ')}: set ${runnerVariables.contractPath} to its file`);
}

function parsed(path: string, text: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw refused(`${path}: is no JSON: ${causeText(error)}`, error);
  }
}

function refused(message: string, cause?: unknown): RunnerError {
  return new RunnerError(exitCodes.contract, errorCodes.contract, message, { cause });
}
