import type { Environment } from '../../../component';
import { displayUri } from '../../display-uri';
import { textVariable } from '../../general-settings';
import type { InitializerLog } from '../../log';
import { StorageError } from '../../storage-error';

/** Where a repository is, and who asks for it. */
export interface RepositoryAddress {
  /** URL without user info, query and fragment: for requests, messages and the configuration of the clone. */
  readonly url: string;
  /** Value of the `Authorization` field for a server that asks; absent: nobody asks. */
  readonly authorization?: string;
}

/**
 * Reads the URI of a repository. Its user, or `GIT_USERNAME`, goes with `GIT_PASSWORD`; a password in the URI is ignored, as KServe does:
 * URIs stand in the InferenceService for everyone to read.
 *
 * @throws StorageError for text that is no URL
 */
export function repositoryAddress(
  uri: string,
  environment: Environment,
  log: Pick<InitializerLog, 'warn'>,
): RepositoryAddress {
  const parsed = URL.parse(uri);
  if (parsed === null || parsed.protocol !== 'https:') {
    throw new StorageError('other', `Git error: ${displayUri(uri)}: expected https://host/path.git`);
  }
  const url = `https://${parsed.host}${parsed.pathname.replace(/\/+$/, '')}`;
  if (parsed.password !== '') log.warn(`${url}: the password in the URI is ignored, set GIT_PASSWORD`);
  const username =
    textVariable({ user: decoded(parsed.username) }, 'user') ?? textVariable(environment, 'GIT_USERNAME');
  const password = textVariable(environment, 'GIT_PASSWORD');
  if (username === undefined && password === undefined) return { url };
  // A token needs no user, but servers want one that is not empty.
  const credentials = `${username ?? 'git'}:${password ?? ''}`;
  return { url, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
