import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StorageError } from '../storage-error';
import { compactJwe, jsonJwe, type Jwe } from './jwe';

/** Ending of names of encrypted files, which decryption takes off. */
export const jweEnding = /\.jwe$/i;

/** Most bytes of header, encrypted key and initialization vector together. */
const headLimit = 64 * 1024;
/** Most bytes of a tag and of line breaks after it. */
const tailLimit = 256;
/** Most bytes of a JWE in JSON: its parts can stand in any order, so that all of it has to be in memory. */
const jsonLimit = 32 * 1024 * 1024;
/** Bytes that are decrypted at a time; a multiple of four, as Base64 needs. */
const chunkSize = 1024 * 1024;

/** An encrypted file. */
export interface EncryptedFile {
  readonly jwe: Jwe;
  /** The ciphertext, in chunks that are read when they are asked for. */
  readonly ciphertext: Iterable<Buffer>;
  close(): void;
}

/**
 * Opens a file, when it is encrypted: by its name, or because it begins as KServe looks for it and goes on as a JWE. The compact form is
 * never in memory as a whole.
 *
 * @param name for messages
 * @returns `undefined` for files that are none
 * @throws StorageError for one that is called `.jwe` and is not, and for a large one in JSON
 */
export function openEncrypted(path: string, name: string): EncryptedFile | undefined {
  const isNamed = jweEnding.test(name);
  const descriptor = openSync(path, 'r');
  let opened: Omit<EncryptedFile, 'close'> | undefined;
  try {
    const size = fstatSync(descriptor).size;
    const beginning = readAt(descriptor, 0, 3);
    if (beginning === 'eyJ') opened = openCompact(descriptor, size);
    else if (isNamed && beginning.startsWith('{')) opened = openJson(descriptor, size, name);
    if (opened !== undefined) return { ...opened, close: () => closeSync(descriptor) };
    if (isNamed) throw new StorageError('other', `decrypting ${name}: it is no JWE, neither compact nor JSON`);
    return undefined;
  } finally {
    if (opened === undefined) closeSync(descriptor);
  }
}

/** Header, encrypted key, initialization vector, ciphertext and tag, with dots between them. */
function openCompact(descriptor: number, size: number): Omit<EncryptedFile, 'close'> | undefined {
  const [header, encryptedKey, iv, more] = readAt(descriptor, 0, headLimit).split('.', 4);
  const tailStart = Math.max(0, size - tailLimit);
  const tail = readAt(descriptor, tailStart, tailLimit);
  const lastDot = tail.lastIndexOf('.');
  if (header === undefined || encryptedKey === undefined || iv === undefined || more === undefined || lastDot < 0) {
    return undefined;
  }
  const start = header.length + encryptedKey.length + iv.length + 3;
  const end = tailStart + lastDot;
  // Fewer dots: a signed token has two.
  if (end < start) return undefined;
  const jwe = compactJwe([header, encryptedKey, iv, tail.slice(lastDot + 1).trim()]);
  return jwe === undefined ? undefined : { jwe, ciphertext: chunks(descriptor, start, end) };
}

function* chunks(descriptor: number, start: number, end: number): Generator<Buffer> {
  for (let at = start; at < end; at += chunkSize) {
    yield Buffer.from(readAt(descriptor, at, Math.min(chunkSize, end - at)), 'base64url');
  }
}

function openJson(descriptor: number, size: number, name: string): Omit<EncryptedFile, 'close'> | undefined {
  if (size > jsonLimit) {
    throw new StorageError(
      'other',
      `decrypting ${name}: a JWE in JSON may have ${jsonLimit} bytes, it has ${size}: encrypt it in the compact form`,
    );
  }
  const opened = jsonJwe(readAt(descriptor, 0, size));
  if (opened === undefined) return undefined;
  return { jwe: opened.jwe, ciphertext: [Buffer.from(opened.ciphertext, 'base64url')] };
}

/** Text of a stretch; shorter at the end of the file. */
function readAt(descriptor: number, start: number, length: number): string {
  const buffer = Buffer.allocUnsafe(length);
  let read = 0;
  for (let count = -1; count !== 0 && read < length; read += count) {
    count = readSync(descriptor, buffer, read, length - read, start + read);
  }
  return buffer.toString('latin1', 0, read);
}
