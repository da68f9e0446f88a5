import { StorageError } from '../storage-error';
import { isOwnName } from './own-names';

/**
 * The components of a name that a source gave, below the destination. Looks at the name as it came, before anything normalises it: an
 * absolute name with `..` in it looks harmless afterwards. Empty and `.` components are dropped, as every object store's tools do.
 *
 * @param from what the name is of, for the message: `s3://bucket/model`, `archive model.tar`
 * @throws StorageError `unsafe` for names that are absolute, have `..` or NUL in them, are not UTF-8 or empty, or are kept for our notes
 */
export function safePath(name: string, from: string): readonly string[] {
  const refuse = (why: string) =>
    new StorageError('unsafe', `${from}: refusing the name ${JSON.stringify(name)}: ${why}`);
  if (name.includes('\0')) throw refuse('it has a NUL in it');
  if (name.includes('\uFFFD')) throw refuse('it is not UTF-8');
  if (name.startsWith('/')) throw refuse('it is absolute');
  const components = name.split('/').filter((component) => component !== '' && component !== '.');
  if (components.includes('..')) throw refuse('it leaves the destination');
  const [first] = components;
  if (first === undefined) throw refuse('it names no file');
  if (isOwnName(first)) throw refuse('such names are ours');
  return components;
}
