import { ReadableStream } from 'node:stream/web';
import { XzReadableStream } from 'xz-decompress';
import { brokenArchive } from './broken-archive';

/**
 * Decompresses xz, also several streams one behind the other as parallel compressors write them. Holds the dictionary: 8 MB as a rule,
 * 64 MB at the highest level.
 *
 * @throws StorageError in KServe's words; errors of the input as they are
 */
export async function* unxz(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = input[Symbol.asyncIterator]();
  let inputFailed = false;
  const source = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const next = await chunks.next();
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        } catch (error) {
          inputFailed = true;
          throw error;
        }
      },
    },
    // Nothing is asked for before it is used up.
    { highWaterMark: 0 },
  );
  try {
    for await (const { buffer, byteOffset, byteLength } of new XzReadableStream(source)) {
      if (byteLength > 0) yield Buffer.from(buffer, byteOffset, byteLength);
    }
  } catch (error) {
    throw inputFailed ? error : brokenArchive(error);
  }
}
