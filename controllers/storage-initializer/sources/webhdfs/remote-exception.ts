import { STATUS_CODES } from 'node:http';
import * as z from 'zod';
import { displayUri } from '../../display-uri';
import type { HeaderFields } from '../../http/http-client';
import { oneLine } from '../../log';
import { StorageError, storageFailure } from '../../storage-error';

const schema = z.object({ RemoteException: z.object({ exception: z.string(), message: z.string().nullish() }) });

/** An error of WebHDFS: a Java exception. */
export interface RemoteException {
  readonly exception: string;
  readonly message: string;
}

/** The exception in the body of an answer; `undefined` when there is none: something before the namenode has answered. */
function remoteException(body: string): RemoteException | undefined {
  try {
    const { exception, message } = schema.parse(JSON.parse(body)).RemoteException;
    // Some have a stack trace in their message.
    const firstLine = (message ?? '').split('\n')[0] ?? '';
    return { exception, message: oneLine(firstLine).slice(0, 300) };
  } catch {
    return undefined;
  }
}

/** Whether another namenode, or the same one a bit later, can answer. */
export function isStandby(body: string): boolean {
  return ['StandbyException', 'RetriableException', 'SafeModeException'].includes(
    remoteException(body)?.exception ?? '',
  );
}

/**
 * What a refusal means.
 *
 * @param name the path in HDFS
 */
export function hdfsRefusal(
  name: string,
  endpoint: string,
  status: number,
  headers: HeaderFields,
  body: string,
): StorageError {
  const remote = remoteException(body);
  const cause = remote === undefined ? '' : `${remote.exception}: ${remote.message}`;
  if (isStandby(body)) return storageFailure('HDFS', 'connection', displayUri(endpoint), cause);
  switch (remote?.exception) {
    case 'FileNotFoundException':
      return storageFailure('HDFS', 'not-found', name, cause);
    case 'AccessControlException':
    case 'AuthorizationException':
      return storageFailure('HDFS', 'denied', name, cause);
    case 'SecurityException':
    case 'AuthenticationException':
    case 'InvalidToken':
      return storageFailure('HDFS', 'credentials', name, cause);
    default:
  }
  if (status === 401) {
    const wantsKerberos = /negotiate/i.test([headers['www-authenticate'] ?? []].flat().join(' '));
    const why =
      'the namenode wants Kerberos, which is not supported: use an HttpFS or Knox gateway, or a client certificate';
    return storageFailure('HDFS', 'credentials', name, wantsKerberos ? why : cause);
  }
  if (status === 403) return storageFailure('HDFS', 'denied', name, cause);
  if (status === 404 && remote === undefined) {
    return storageFailure('HDFS', 'not-found', name, `${displayUri(endpoint)} answered 404: is WebHDFS there?`);
  }
  const words =
    cause === '' ? `${displayUri(endpoint)} answered ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd() : cause;
  return new StorageError('other', `HDFS error: ${name}: ${words}`);
}
