import { causeText } from '../../runtime/cause-text';
import { StorageError } from '../storage-error';

/** An archive that can't be read: KServe's words, with the cause behind them. Not transient: the file arrived whole. */
export function brokenArchive(cause: unknown): StorageError {
  const text = typeof cause === 'string' ? cause : causeText(cause);
  return new StorageError('other', `Failed to unpack archive file. The file format is not valid. (${text})`, {
    cause,
  });
}
