import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';
import type { Environment } from '../../../component';
import { causeText } from '../../../runtime/cause-text';
import { switchVariable, textVariable } from '../../general-settings';
import type { InitializerLog } from '../../log';
import { hubEndpoint, hubToken } from '../hub/hub-settings';

/** How Hugging Face's hub is reached, by the variables of its client library. */
export interface HuggingFaceSettings {
  /** Without a slash at the end. */
  readonly endpoint: string;
  /** Absent: anonymous. */
  readonly token?: string;
  /** The user does not want the hub to be asked. */
  readonly offline: boolean;
}

/**
 * Reads `HF_ENDPOINT`, `HF_HUB_OFFLINE` and the token.
 *
 * @throws ConfigError
 */
export function huggingFaceSettings(environment: Environment, log: InitializerLog): HuggingFaceSettings {
  const endpoint = hubEndpoint('HF_ENDPOINT', textVariable(environment, 'HF_ENDPOINT') ?? 'https://huggingface.co');
  const token = tokenOf(environment, log);
  const offline = switchVariable(environment, 'HF_HUB_OFFLINE') || switchVariable(environment, 'TRANSFORMERS_OFFLINE');
  return { endpoint, offline, ...(token === undefined ? {} : { token }) };
}

/** `HF_TOKEN`, its older name, or the file that `hf auth login` writes. */
function tokenOf(environment: Environment, log: InitializerLog): string | undefined {
  for (const variable of ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN']) {
    const token = hubToken(variable, environment[variable]);
    if (token !== undefined) return token;
  }
  if (switchVariable(environment, 'HF_HUB_DISABLE_IMPLICIT_TOKEN')) return undefined;
  const named = textVariable(environment, 'HF_TOKEN_PATH');
  const path = named ?? tokenPath(environment);
  if (path === undefined) return undefined;
  try {
    return hubToken(path, readFileSync(path, 'utf8'));
  } catch (error) {
    if (!isFileError(error)) throw error;
    if (named !== undefined) log.warn(`HF_TOKEN_PATH: ${causeText(error)}: fetching without a token`);
    return undefined;
  }
}

/** `token` in the library's home; nothing where there is no home. */
function tokenPath(environment: Environment): string | undefined {
  const home = textVariable(environment, 'HF_HOME');
  if (home !== undefined) return join(home, 'token');
  const user = textVariable(environment, 'HOME');
  const cache = textVariable(environment, 'XDG_CACHE_HOME') ?? (user === undefined ? undefined : join(user, '.cache'));
  return cache === undefined ? undefined : join(cache, 'huggingface', 'token');
}

function isFileError(error: unknown): boolean {
  return isNativeError(error) && Reflect.get(error, 'syscall') !== undefined;
}
