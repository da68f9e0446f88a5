import { randomBytes } from 'node:crypto';
import { closeSync, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { FileWriter } from '../../transfer/file-writer';
import type { RandomAccess } from './delta';
import { readFully, smallSize } from './pack-file';

/** The bytes of an object, in memory or in a file that nobody else sees. */
export interface ObjectContent extends RandomAccess {
  /** Bytes of memory, or their like in open files. */
  readonly cost: number;
  close(): void;
}

/** What an open file is reckoned as, so that few are open. */
const fileCost = 6 * 1024 * 1024;

/**
 * Keeps the bytes of an object for reading at any offset: small ones in memory, others in a file.
 *
 * @param size of the object, known at the latest with its first bytes
 * @param directory where the file is made, and has no name from then on
 */
export async function keepContent(
  chunks: AsyncIterable<Buffer>,
  size: () => number,
  directory: string,
): Promise<ObjectContent> {
  const pieces: Buffer[] = [];
  let file: { readonly descriptor: number; readonly writer: FileWriter } | undefined;
  try {
    for await (const chunk of chunks) {
      if (file === undefined && size() > smallSize) file = unnamedFile(directory);
      if (file === undefined) pieces.push(chunk);
      else await file.writer.add(chunk);
    }
    await file?.writer.end();
  } catch (error) {
    await file?.writer.end().catch(() => undefined);
    if (file !== undefined) closeSync(file.descriptor);
    throw error;
  }
  if (file !== undefined) return inFile(file.descriptor, size());
  const whole = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  return {
    size: whole.length,
    cost: whole.length + 1024,
    read: (offset, length) => whole.subarray(offset, offset + length),
    close: () => undefined,
  };
}

function unnamedFile(directory: string): { readonly descriptor: number; readonly writer: FileWriter } {
  const path = join(directory, `tmp_obj_${randomBytes(8).toString('hex')}`);
  const descriptor = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return { descriptor, writer: new FileWriter(descriptor, 0, 'an object of the repository') };
}

function inFile(descriptor: number, size: number): ObjectContent {
  return {
    size,
    cost: fileCost,
    read: (offset, length) => {
      const bytes = Buffer.allocUnsafe(length);
      readFully(descriptor, bytes, offset);
      return bytes;
    },
    close: () => closeSync(descriptor),
  };
}

/** Bytes that are kept of objects that others are made from. */
const cacheLimit = 16 * 1024 * 1024;

/** Contents that were used last. What is taken is the taker's, until it is put back. */
export class ContentCache {
  private readonly kept = new Map<number, ObjectContent>();
  private cost = 0;

  take(index: number): ObjectContent | undefined {
    const content = this.kept.get(index);
    if (content === undefined) return undefined;
    this.kept.delete(index);
    this.cost -= content.cost;
    return content;
  }

  put(index: number, content: ObjectContent): void {
    this.take(index)?.close();
    this.kept.set(index, content);
    this.cost += content.cost;
    for (const oldest of this.kept.keys()) {
      if (this.cost <= cacheLimit) return;
      this.take(oldest)?.close();
    }
  }

  close(): void {
    for (const index of [...this.kept.keys()]) this.take(index)?.close();
  }
}
