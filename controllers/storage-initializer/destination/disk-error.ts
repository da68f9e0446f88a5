import { isNativeError } from 'node:util/types';
import { causeText } from '../../runtime/cause-text';
import { StorageError } from '../storage-error';

/** What to do about the errors that users meet: the volume is full, read-only, or somebody else's. */
const advice: Readonly<Record<string, string>> = {
  ENOSPC: 'the volume is full, give it more space',
  EDQUOT: 'the quota of the volume is used up, give it more space',
  EROFS: 'the file system is read-only, mount a writable volume',
  EACCES: 'the user of the container may not write there, set fsGroup or runAsUser',
  EPERM: 'the user of the container may not write there, set fsGroup or runAsUser',
  ENAMETOOLONG: 'the file system can not have a name that long',
  EMFILE: 'too many open files, raise the limit',
};

/** An error of the destination's file system. @param operation what was tried: `creating model.bin` */
export function diskError(operation: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const code: unknown = isNativeError(error) ? Reflect.get(error, 'code') : undefined;
  const todo = typeof code === 'string' ? advice[code] : undefined;
  return new StorageError('disk', `${operation}: ${causeText(error)}${todo === undefined ? '' : `: ${todo}`}`, {
    cause: error,
  });
}

/** Whether an error is of the file system: it names a system call and is not of a socket. */
export function isDiskError(error: unknown): boolean {
  if (!isNativeError(error)) return false;
  const code: unknown = Reflect.get(error, 'code');
  return (
    typeof code === 'string' &&
    (code in advice || ['ENOENT', 'EIO', 'EFBIG', 'ENOTDIR', 'EISDIR', 'EEXIST'].includes(code))
  );
}
