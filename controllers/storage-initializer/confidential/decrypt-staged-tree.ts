import { closeSync, existsSync, openSync, opendirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { sleep, type Clock } from '../../runtime/clock';
import { diskError } from '../destination/disk-error';
import type { SourceContext } from '../source';
import { StorageError } from '../storage-error';
import { confidentialSettings } from './confidential-settings';
import { openContent, type ContentCipher } from './content-cipher';
import { jweEnding, openEncrypted, type EncryptedFile } from './encrypted-file';
import { resourceKey } from './resource-key';

/**
 * Decrypts the encrypted files of a staged tree in place, when `CONFIDENTIAL_ENABLED` says so: called before links are made and before it
 * is published, so that nobody sees a file that is half of one and half of the other, or that was changed on its way. Links are not
 * followed.
 *
 * @returns files that were decrypted
 * @throws StorageError, ConfigError; the tree is not to be published then
 */
export async function decryptStagedTree(
  directory: string,
  { environment, clock, random, log }: Pick<SourceContext, 'environment' | 'clock' | 'random' | 'log'>,
  signal: AbortSignal,
): Promise<number> {
  const settings = confidentialSettings(environment);
  if (settings === undefined) return 0;
  const names = [...encryptedNames(directory, '')];
  if (names.length === 0) return 0;
  const key = await resourceKey(settings, { clock, random }, signal);
  try {
    for (const name of names) {
      signal.throwIfAborted();
      await decryptFile(directory, name, key, clock, signal);
      log.info(`Decrypted ${name} with ${settings.resourceId}`);
    }
  } finally {
    key.fill(0);
  }
  return names.length;
}

/** Paths of encrypted files below a directory. */
function* encryptedNames(directory: string, below: string): Generator<string> {
  const folder = opendirSync(join(directory, below));
  try {
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) yield* encryptedNames(directory, name);
      else if (entry.isFile() && isEncrypted(directory, name)) yield name;
    }
  } finally {
    folder.closeSync();
  }
}

function isEncrypted(directory: string, name: string): boolean {
  const file = openEncrypted(join(directory, name), name);
  file?.close();
  return file !== undefined;
}

/** Decrypts one file beside itself and puts the result in its place, under the name without `.jwe`. */
async function decryptFile(
  directory: string,
  name: string,
  key: Buffer,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const path = join(directory, name);
  const target = path.replace(jweEnding, '');
  if (target !== path && existsSync(target)) {
    throw new StorageError('unsafe', `decrypting ${name}: there is a file without .jwe too, and it can't be both`);
  }
  const file = openEncrypted(path, name);
  if (file === undefined) throw new StorageError('other', `decrypting ${name}: it was changed meanwhile`);
  const partial = `${path}.decrypting`;
  try {
    await writePlain(file, openContent(file.jwe, key, name), name, partial, clock, signal);
    renameSync(partial, target);
    if (target !== path) rmSync(path);
  } catch (error) {
    rmSync(partial, { force: true });
    if (signal.aborted) throw signal.reason;
    throw diskError(`decrypting ${name}`, error);
  } finally {
    file.close();
  }
}

/** Chunks of a MiB after which signals of the process are heard. */
const chunksAtATime = 16;

async function writePlain(
  { ciphertext }: EncryptedFile,
  cipher: ContentCipher,
  name: string,
  path: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const descriptor = openSync(path, 'wx', 0o644);
  try {
    let count = 0;
    for (const chunk of ciphertext) {
      writeAll(descriptor, cipher.update(chunk));
      count += 1;
      if (count % chunksAtATime === 0) await sleep(clock, 0, signal);
      signal.throwIfAborted();
    }
    writeAll(descriptor, lastPiece(cipher, name));
  } finally {
    closeSync(descriptor);
  }
}

function lastPiece(cipher: ContentCipher, name: string): Buffer {
  try {
    return cipher.end();
  } catch {
    throw new StorageError('other', `decrypting ${name}: the key does not fit, or the file was changed`);
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
}
