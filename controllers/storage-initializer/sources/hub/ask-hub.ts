import { causeText } from '../../../runtime/cause-text';
import { isConnectionError, isSuccess, type HttpClient, type TextAnswer } from '../../http/http-client';
import type { StorageError } from '../../storage-error';
import { storageFailure } from '../../storage-error';

/** The hub that is asked. */
export interface AskedHub {
  readonly protocol: 'HuggingFace' | 'ModelScope';
  readonly endpoint: string;
  readonly http: HttpClient;
  readonly headers: Readonly<Record<string, string>>;
  /** What a refusal means. */
  refusal(answer: TextAnswer): StorageError;
}

/**
 * Asks a hub for JSON. Repositories that were renamed answer with a redirect.
 *
 * @throws StorageError for a refusal, when nothing answers, and for what is not JSON
 */
export async function askHub(
  hub: AskedHub,
  url: string,
  signal: AbortSignal,
): Promise<{ body: unknown; answer: TextAnswer }> {
  const answer = await send(hub, url, signal);
  if (!isSuccess(answer.status)) throw hub.refusal(answer);
  try {
    return { body: JSON.parse(answer.body), answer };
  } catch {
    throw notUnderstood(hub.protocol, hub.endpoint, 'it is not JSON');
  }
}

async function send(
  { protocol, endpoint, http, headers }: AskedHub,
  url: string,
  signal: AbortSignal,
): Promise<TextAnswer> {
  try {
    return await http.send({ url, headers: { accept: 'application/json', ...headers }, redirects: {} }, signal);
  } catch (error) {
    if (signal.aborted || !isConnectionError(error)) throw error;
    throw storageFailure(protocol, 'connection', endpoint, causeText(error));
  }
}

/** An answer that is not what the protocol has: something else listens there, or a proxy shows its login page. */
export function notUnderstood(protocol: AskedHub['protocol'], endpoint: string, why: string): StorageError {
  return storageFailure(protocol, 'other', endpoint, `the answer of ${endpoint} can't be understood: ${why}`);
}
