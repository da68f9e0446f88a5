import { isNativeError } from 'node:util/types';
import { causeText } from '../../../runtime/cause-text';
import { isDiskError } from '../../destination/disk-error';
import { StorageError } from '../../storage-error';

/** A pack that can't be read. Errors of the disk stay what they are. */
export function brokenPack(cause: unknown): Error {
  if (isNativeError(cause) && (cause instanceof StorageError || isDiskError(cause))) return cause;
  const text = isNativeError(cause) ? causeText(cause) : String(cause);
  return new StorageError('corrupt', `Git error: the pack of the server is broken: ${text}`);
}
