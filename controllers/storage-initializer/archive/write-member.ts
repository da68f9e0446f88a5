import { closeSync } from 'node:fs';
import type { StagedTree } from '../destination/staged-tree';
import { FileWriter } from '../transfer/file-writer';

export interface MemberFile {
  readonly name: string;
  /** Bytes that the archive promises. */
  readonly size: number;
  readonly executable: boolean;
}

/**
 * Writes a file of an archive as its bytes come.
 *
 * @throws StorageError of the tree; Error when there are fewer bytes than promised, or more; what the chunks throw; the signal's reason
 */
export async function writeMember(
  tree: StagedTree,
  { name, size, executable }: MemberFile,
  chunks: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<void> {
  const descriptor = tree.createFile(name, { executable });
  try {
    const writer = new FileWriter(descriptor, 0, name);
    let written = 0;
    try {
      for await (const chunk of chunks) {
        signal.throwIfAborted();
        written += chunk.length;
        if (written > size) break;
        await writer.add(chunk);
      }
    } finally {
      await writer.end();
    }
    if (written !== size) {
      throw new Error(`${JSON.stringify(name)} has ${written < size ? 'fewer' : 'more'} than its ${size} bytes`);
    }
  } finally {
    closeSync(descriptor);
  }
}
