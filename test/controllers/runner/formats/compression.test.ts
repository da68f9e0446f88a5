import { gzipSync, zstdCompressSync } from 'node:zlib';
import { randomBytes } from 'node:crypto';
import { compressed, decompressed, type Bytes } from '../../../../controllers/runner/formats/compression';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  // One buffer that is written over again and again, as readers of files have it.
  const buffer = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(buffer, 0, at, at + size);
    yield buffer.subarray(0, length);
    buffer.fill(0xff);
  }
}

async function collected(bytes: Bytes): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of bytes) all.push(Buffer.from(piece));
  return Buffer.concat(all);
}

const large = Buffer.concat([randomBytes(300_000), Buffer.alloc(2_000_000, 'line of text\n')]);

describe.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const)('%s', (kind, compress) => {
  test.each([1000, 65_536, 10_000_000])('what is compressed comes back, in pieces of %i bytes', async (size) => {
    expect((await collected(decompressed(pieces(compress(large), size), kind))).equals(large)).toBe(true);
    const own = await collected(compressed(pieces(large, size), kind));
    expect(own.length).toBeLessThan(large.length);
    expect((await collected(decompressed(pieces(own, size), kind))).equals(large)).toBe(true);
  });

  test.each([1, 7, 1000])('files that were put together are read to their end, in pieces of %i bytes', async (size) => {
    const together = Buffer.concat(['one\n', 'two\n', 'three\n'].map((text) => compress(Buffer.from(text))));
    expect((await collected(decompressed(pieces(together, size), kind))).toString()).toBe('one\ntwo\nthree\n');
  });

  test.each([100, 10_000_000])('an end that is missing is an error, in pieces of %i bytes', async (size) => {
    const cut = compress(large).subarray(0, -5);
    await expect(collected(decompressed(pieces(cut, size), kind))).rejects.toThrow(/^can't be decompressed: /);
  });

  test('bytes that are none are an error', async () => {
    await expect(collected(decompressed(pieces(Buffer.from('{"a":1}\n'), 100), kind))).rejects.toThrow(
      /^can't be decompressed: /,
    );
  });

  test('nothing is nothing', async () => {
    expect(await collected(decompressed(pieces(Buffer.alloc(0), 100), kind))).toHaveLength(0);
  });
});
