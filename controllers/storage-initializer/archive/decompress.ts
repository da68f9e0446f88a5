import { pipeline, Readable, type Duplex } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { brokenArchive } from './broken-archive';
import { bunzip2 } from './bzip2/bunzip2';
import { ChunkReader } from './chunk-reader';
import { HandedOutChunks } from './handed-out-chunks';
import { blockSize, isTarHeader } from './tar/tar-header';
import { unxz } from './unxz';

/** Ways in which a tar archive is compressed. */
export type Compression = 'none' | 'gzip' | 'bzip2' | 'xz' | 'zstd';

/** Called with the bytes that went in and came out so far; ends it by throwing. */
export type RatioCheck = (packed: number, unpacked: number) => void;

/** Bytes that come out of a decompressor at a time. */
const outputSize = 256 * 1024;

/**
 * The bytes of an archive, decompressed as their beginning says: names and content types are often wrong. Errors of the chunks are passed
 * on as they are.
 *
 * @throws StorageError in KServe's words when they can't be decompressed
 */
export async function* decompressed(chunks: AsyncIterable<Buffer>, checkRatio: RatioCheck): AsyncGenerator<Buffer> {
  const reader = new ChunkReader(chunks);
  try {
    const compression = compressionOf(await reader.peek(blockSize));
    if (compression === 'none') {
      yield* reader.remaining();
      return;
    }
    let [packed, unpacked] = [0, 0];
    const input = async function* () {
      for await (const chunk of reader.remaining()) {
        packed += chunk.length;
        yield chunk;
      }
    };
    for await (const chunk of decompressors[compression](input())) {
      unpacked += chunk.length;
      checkRatio(packed, unpacked);
      yield chunk;
    }
  } finally {
    await reader.close();
  }
}

/** How the bytes are compressed whose beginning this is. A tar comes first: its first name may begin like a bzip2 file. */
function compressionOf(beginning: Buffer): Compression {
  if (isTarHeader(beginning)) return 'none';
  const hex = beginning.toString('hex', 0, 6);
  if (hex.startsWith('1f8b')) return 'gzip';
  if (/^425a683[1-9]/.test(hex)) return 'bzip2';
  if (hex === 'fd377a585a00') return 'xz';
  // The second form is a frame that is skipped, with which files of parallel compressors begin.
  if (/^(28b52ffd|5.2a4d18)/.test(hex)) return 'zstd';
  return 'none';
}

type Decompressor = (input: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

const decompressors: Readonly<Record<Exclude<Compression, 'none'>, Decompressor>> = {
  gzip: (input) => throughStream(input, createGunzip({ chunkSize: outputSize })),
  zstd: zstdFrames,
  bzip2: bunzip2,
  xz: unxz,
};

/** One frame behind the other: Node's decompressor drops what follows a frame in the same chunk, and parallel compressors write many. */
async function* zstdFrames(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const feed = new HandedOutChunks(input);
  while (await feed.hasMore()) {
    const decompressor = createZstdDecompress({ chunkSize: outputSize });
    yield* throughStream(
      feed.chunks(() => decompressor.bytesWritten),
      decompressor,
    );
    feed.rewind(decompressor.bytesWritten);
  }
}

/** Chunks through one of Node's decompressors. @throws the error of the chunks as it is, of the decompressor in KServe's words */
async function* throughStream(input: AsyncIterable<Buffer>, decompressor: Duplex): AsyncGenerator<Buffer> {
  let inputError: unknown;
  const watched = async function* () {
    try {
      yield* input;
    } catch (error) {
      inputError = error;
      throw error;
    }
  };
  // The error comes out of the iteration.
  pipeline(Readable.from(watched(), { objectMode: false }), decompressor, () => undefined);
  try {
    for await (const chunk of decompressor) yield chunk as Buffer;
  } catch (error) {
    throw error === inputError ? error : brokenArchive(error);
  }
}
