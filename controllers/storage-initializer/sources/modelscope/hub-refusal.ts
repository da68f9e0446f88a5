import { STATUS_CODES } from 'node:http';
import * as z from 'zod';
import { oneLine } from '../../log';
import { StorageError, storageFailure } from '../../storage-error';

const messageSchema = z.object({ Message: z.string() });

/**
 * What a refusal of the hub means.
 *
 * @param name `owner/model:revision`, of a file `owner/model/path`
 */
export function hubRefusal(
  { name, endpoint, hasToken }: { readonly name: string; readonly endpoint: string; readonly hasToken: boolean },
  status: number,
  body: string,
): StorageError {
  const said = messageOf(body);
  const withSaid = (cause: string) => (said === '' ? cause : `${cause}: ${said}`);
  // Failures come with status 200 too, and only the message says which.
  const isMissing = status === 404 || (status === 200 && /not (found|exist)|不存在/i.test(said));
  if (isMissing) {
    const why = `it does not exist, or is private and ${hasToken ? 'the token may not see it' : 'needs MODELSCOPE_API_TOKEN'}`;
    return storageFailure('ModelScope', 'not-found', name, withSaid(why));
  }
  if (status === 401) return storageFailure('ModelScope', 'credentials', name, withSaid(name));
  // Large files are redirected to an address that is signed for a while; the next request gets a new one.
  if (status === 403 && /expired/i.test(body)) {
    return storageFailure('ModelScope', 'connection', name, 'the signed address had expired');
  }
  if (status === 403) return storageFailure('ModelScope', 'denied', name, said);
  const words = `${endpoint} answered ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
  return new StorageError('other', `ModelScope error: ${name}: ${withSaid(words)}`);
}

function messageOf(body: string): string {
  try {
    return oneLine(messageSchema.parse(JSON.parse(body)).Message).slice(0, 300);
  } catch {
    return '';
  }
}
