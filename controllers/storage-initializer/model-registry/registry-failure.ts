import { RegistryError, type RegistryFailure } from '../../model-registry/registry-error';
import { refusalWords } from '../http/refusal-words';
import { StorageError, type StorageFailure } from '../storage-error';
import type { ChosenRegistry, RegistrySettings } from './registry-settings';

const failures: Readonly<Record<RegistryFailure, StorageFailure>> = {
  conflict: 'other',
  rejected: 'other',
  unauthorized: 'credentials',
  unavailable: 'connection',
  'invalid-answer': 'other',
  'not-found': 'other',
};

/** Of the registry's message, with what was asked of it: the URL has the model's name in it. */
const mostCharacters = 800;

/**
 * Runs a step of the resolution; a failure of the registry is told with what to do about it.
 *
 * @param prefix upstream's words for the step, with the colon
 * @throws StorageError
 */
export async function registryStep<T>(
  prefix: string,
  registry: ChosenRegistry,
  settings: RegistrySettings,
  hint: (error: RegistryError) => string,
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const advice = error.failure === 'unauthorized' ? tokenAdvice(registry, settings) : hint(error);
    const message = `${prefix}${refusalWords(error.message, mostCharacters)}${advice === '' ? '' : `; ${advice}`}`;
    throw new StorageError(failures[error.failure], message, { cause: error });
  }
}

function tokenAdvice({ url, trusted }: ChosenRegistry, { tokenFile }: RegistrySettings): string {
  if (tokenFile === undefined) return 'set MODEL_REGISTRY_TOKEN_FILE to a file with a token that the registry takes';
  if (trusted) return 'the token of MODEL_REGISTRY_TOKEN_FILE is not enough';
  return `no token was sent, since only the URI names ${new URL(url).host}: list it in MODEL_REGISTRY_HOSTS`;
}
