import type { StorageProtocol } from '../../../definitions/storage/storage-kinds';
import { causeText } from '../../runtime/cause-text';
import { displayUri } from '../display-uri';
import { storageFailure } from '../storage-error';
import { isConnectionError, type HttpClient, type HttpRequest, type TextAnswer } from './http-client';

/**
 * Sends a small request of a source: a page of a listing, a token. Statuses are answers.
 *
 * @throws StorageError `connection` naming the endpoint, when nothing answered
 */
export async function askStorage(
  http: HttpClient,
  protocol: StorageProtocol,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<TextAnswer> {
  try {
    return await http.send(request, signal);
  } catch (error) {
    if (signal.aborted || !isConnectionError(error)) throw error;
    throw storageFailure(protocol, 'connection', displayUri(request.url), causeText(error));
  }
}
