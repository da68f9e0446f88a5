import type { Environment } from '../../../../controllers/component';
import { realClock } from '../../../../controllers/runtime/clock';
import { initializerLog } from '../../../../controllers/storage-initializer/log';
import {
  resolveModel,
  type ResolvedModel,
} from '../../../../controllers/storage-initializer/model-registry/resolve-model';

/** What became of a URI, and the lines of the log. */
export interface Resolution {
  readonly resolved: ResolvedModel;
  readonly log: readonly string[];
}

/** Resolves a URI as the program does, with the shortest waits between tries. */
export async function resolution(
  uri: string,
  environment: Environment,
  signal: AbortSignal = new AbortController().signal,
): Promise<Resolution> {
  const log: string[] = [];
  const context = {
    environment,
    clock: realClock,
    random: { next: () => 0 },
    log: initializerLog((line) => log.push(line.trimEnd()), realClock, 'DEBUG'),
  };
  return { resolved: await resolveModel(uri, context, signal), log };
}

/** Why a URI can't be resolved. @throws when it can */
export async function refusal(uri: string, environment: Environment): Promise<Error> {
  let resolved: ResolvedModel;
  try {
    ({ resolved } = await resolution(uri, environment));
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error(`${uri} was resolved to ${resolved.uri}`);
}
