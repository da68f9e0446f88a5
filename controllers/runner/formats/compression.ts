import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import type { Compression } from '../../../definitions/inference/storage/input-format';
import { BrokenDocument } from './item-reader';

/** Bytes of a file or an answer, piece by piece: a piece may be overwritten when the next one is asked for. */
export type Bytes = AsyncIterable<Buffer>;

/**
 * What is in compressed bytes.
 *
 * @throws BrokenDocument for bytes that are not compressed so, or end too early
 */
export function decompressed(bytes: Bytes, compression: Compression): Bytes {
  switch (compression) {
    case 'none':
      return bytes;
    case 'gzip':
      return inflated(bytes, createGunzip);
    case 'zstd':
      return inflated(bytes, createZstdDecompress);
  }
}

/** Bytes compressed, as one stream that every reader knows. */
export function compressed(bytes: Bytes, compression: 'gzip' | 'zstd'): Bytes {
  return throughStream(bytes, compression === 'gzip' ? createGzip() : createZstdCompress());
}

async function* throughStream(bytes: Bytes, stream: ReturnType<typeof createGzip>): AsyncGenerator<Buffer> {
  try {
    for await (const piece of bytes) yield* exchange(stream, (done) => stream.write(piece, done));
    yield* exchange(stream, (done) => stream.once('end', done).end());
  } finally {
    stream.destroy();
  }
}

async function* inflated(bytes: Bytes, create: () => ReturnType<typeof createGunzip>): AsyncGenerator<Buffer> {
  let stream: ReturnType<typeof createGunzip> | undefined;
  try {
    for await (const piece of bytes) {
      for (let rest = piece; rest.length > 0;) {
        stream ??= create();
        const before = stream.bytesWritten;
        const given = rest;
        const current = stream;
        yield* inflating(exchange(current, (done) => current.write(given, done)));
        rest = rest.subarray(current.bytesWritten - before);
        // Node's stream for zstd ends with a frame that is followed by another one in the same piece, and would drop that.
        if (rest.length > 0) stream = undefined;
      }
    }
    const last = stream;
    // A file without bytes is an empty one, compressed or not.
    if (last !== undefined) yield* inflating(exchange(last, (done) => last.once('end', done).end()));
  } finally {
    stream?.destroy();
  }
}

async function* inflating(bytes: Bytes): AsyncGenerator<Buffer> {
  try {
    yield* bytes;
  } catch (error) {
    throw new BrokenDocument(`can't be decompressed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Hands something to a stream, and out what comes of it until the stream has taken it. */
async function* exchange(
  stream: ReturnType<typeof createGunzip>,
  hand: (done: (error?: Error | null) => void) => void,
): AsyncGenerator<Buffer> {
  let settled = false;
  let failure: Error | undefined;
  let wake = () => {};
  const settle = (error?: Error | null) => {
    settled = true;
    failure ??= error ?? undefined;
    wake();
  };
  const onReadable = () => wake();
  stream.on('readable', onReadable);
  stream.on('error', settle);
  try {
    hand(settle);
    for (;;) {
      const piece = stream.read() as Buffer | null;
      if (piece !== null) yield piece;
      else if (failure !== undefined) throw failure;
      else if (settled) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stream.off('readable', onReadable);
    stream.off('error', settle);
    // An error after that has nobody left to tell.
    if (stream.listenerCount('error') === 0) stream.on('error', ignore);
  }
}

function ignore(): void {}
