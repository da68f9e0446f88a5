import { createHash } from 'node:crypto';
import type { Versitygw } from '../../storage-servers/versitygw';

/** A model as benchmarks have it. */
export interface Shape {
  readonly name: string;
  /** Folder in the bucket. */
  readonly folder: string;
  readonly files: number;
  /** Bytes of each file. */
  readonly size: number;
}

const MiB = 1024 * 1024;

export const shapes = {
  oneLargeFile: { name: 'one file of 1 GiB', folder: 'large', files: 1, size: 1024 * MiB },
  filesOf32MiB: { name: '64 files of 32 MiB', folder: 'shards', files: 64, size: 32 * MiB },
  filesOf4KB: { name: '10,000 files of 4 KB', folder: 'small', files: 10_000, size: 4096 },
} as const satisfies Record<string, Shape>;

/** Bytes of parts: what the AWS tools upload larger files in. */
const partSize = 8 * MiB;

export function keyOf({ folder }: Shape, index: number): string {
  return `${folder}/part-${String(index).padStart(5, '0')}.bin`;
}

/** Puts a shape into a bucket, as the AWS tools do: with CRC-32, above 8 MiB in parts. */
export async function uploadShape(server: Versitygw, bucket: string, shape: Shape): Promise<void> {
  const { files, size } = shape;
  let next = 0;
  const worker = async () => {
    while (next < files) {
      const index = next;
      next += 1;
      const options = size > partSize ? ({ checksum: 'crc32', partSize } as const) : ({ checksum: 'crc32' } as const);
      await server.put(bucket, keyOf(shape, index), pieces(index, size), options);
    }
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

function* pieces(seed: number, size: number): Generator<Buffer> {
  for (let start = 0; start < size; start += MiB) {
    yield Buffer.alloc(Math.min(MiB, size - start), createHash('sha512').update(`${seed}:${start}`).digest());
  }
}

/** The requests of a reader that knows everything: ranges of 16 MiB. */
export function stretchesOf(bucket: string, shape: Shape): { path: string; range?: string }[] {
  const rangeSize = 16 * MiB;
  return Array.from({ length: shape.files }, (_, index) => index).flatMap((index) => {
    const path = `/${bucket}/${keyOf(shape, index)}`;
    if (shape.size <= rangeSize) return [{ path }];
    return Array.from({ length: Math.ceil(shape.size / rangeSize) }, (_, number) => ({
      path,
      range: `bytes=${number * rangeSize}-${Math.min((number + 1) * rangeSize, shape.size) - 1}`,
    }));
  });
}
