import { gzipSync, zstdCompressSync } from 'node:zlib';
import { decompressed } from '../../../../controllers/storage-initializer/archive/decompress';
import { tarOf } from './tar-bytes';
import { chunksOf, unpackedTar } from './unpacked';

/** The same tar as bzip2 1.0.8 and xz 5.4 compress it. */
const bzip2 = Buffer.from(
  [
    'QlpoOTFBWSZTWajVHVkAAKR/h8uQAEBoAf+AAAKJwf/33qoAAIEACAAICDABGVoGkoxMAjTAAmIxomIYTCv1ESep6IGg0BoGgABk',
    'ARSTVManppqaMjTTQ0NMgDJ6NE/F+Hdio2S6MsRBMeTtjFAhRvlUoLn7MGbNFR2kEXsYs1yYIInLAtIvWsIBJExyWhdyyS7AQ6/9',
    '9+6Bfh8PIrQKDDkDczBoClsAgQq9C09p3iCaFh0QFKy0yqlJ1weEUReW/NZmyCzylSvmsoAjhXDVjgD2RPKwQK6tQIx7okRAaLBR',
    'jJtWuVA0LlJu84gbTVntQ0HgBbaB/Nl+uZWUlfGUoncYeGIW8LTwWjqW1asOQC/K6a0rZC2Vr+gYcVw3aQ+qzVxo5ZEA/xdyRThQ',
    'kKjVHVk=',
  ].join(''),
  'base64',
);
const xz = Buffer.from(
  [
    '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4Cf/AQddABcLvBx9AZXAHUo+eRXCzCajYxxv2uyPDHY6D5Gd2Tqn9KgshOzJDfL2AgQX',
    'RuPeYn67eKPk3Qe7XtJaSdU753zJSvAlJpa6KqcWy2XvVMlWLdTptUwXjXPwOyxF1hw4k2nI/47YsyW5ne9hWGcMJ+7ZVGwU4a53',
    'oH39CDu7OyonjPl7xK1JmsKQen1F9yx/LVkUJ4MxgESUdsiCwQmfkbz1Hh5eqbv/yOVi6HeCsxR4Sl8Fm6pEHcH0DRDMy1q9dXCM',
    'XuILdFPRHpF6CzPLz543QcIKtymPea4JZYsAEqbY9EPFwFjMlgAl1rAPn9GuHHICpvQ//TPTkTgfkIeboSFGbZvzMKQAAABZHeP0',
    'z29weAABowKAUAAAdnz4p7HEZ/sCAAAAAARZWg==',
  ].join(''),
  'base64',
);

const files = {
  'config.json': '{}',
  '__init__.py': '',
  'run.sh': '#!/bin/sh\n',
  'weights/model.bin': 'weights weights weights weights weights',
  current: '-> weights/model.bin',
};

async function textOf(bytes: Buffer, chunkSize = 64 * 1024): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of decompressed(chunksOf(bytes, chunkSize), () => undefined)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe.each([
  ['bzip2', bzip2],
  ['xz', xz],
])('%s', (_name, archive) => {
  test.each([1, 64, 65536])('a tar of it is unpacked, the bytes coming %d at a time (SD-05)', async (chunkSize) => {
    expect((await unpackedTar(archive, { chunkSize })).files).toEqual(files);
  });

  test.each([1, 64, 65536])('streams one behind the other are one, %d bytes at a time', async (chunkSize) => {
    const once = await textOf(archive);
    expect(await textOf(Buffer.concat([archive, archive, archive]), chunkSize)).toEqual(
      Buffer.concat([once, once, once]),
    );
  });

  test('what is cut or changed anywhere is an error, and never other bytes', async () => {
    const whole = await textOf(archive);
    for (let at = 12; at < archive.length; at += 7) {
      await expect(textOf(archive.subarray(0, at))).rejects.toThrow('The file format is not valid.');
      const changed = Buffer.from(archive);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      await textOf(changed).then(
        (text) => expect(text).toEqual(whole),
        (error: unknown) => expect(String(error)).toContain('The file format is not valid.'),
      );
    }
  });

  test('errors of the connection are passed on as they are', async () => {
    const lost = new Error('connection lost');
    const failing = async function* () {
      yield archive.subarray(0, 100);
      throw lost;
    };
    const read = async () => {
      for await (const _ of decompressed(failing(), () => undefined)) continue;
    };
    await expect(read()).rejects.toBe(lost);
  });

  test('the bytes that went in and came out are known while it goes on (SD-04)', async () => {
    const bomb = new Error('too much');
    const read = async () => {
      const check = (packed: number, unpacked: number) => {
        if (unpacked > packed * 10) throw bomb;
      };
      for await (const _ of decompressed(chunksOf(archive, 100), check)) continue;
    };
    await expect(read()).rejects.toBe(bomb);
  });
});

test('padding behind xz is allowed, by fours and with another stream behind it', async () => {
  const once = await textOf(xz);
  expect(await textOf(Buffer.concat([xz, Buffer.alloc(8)]))).toEqual(once);
  expect(await textOf(Buffer.concat([xz, Buffer.alloc(8), xz]))).toEqual(Buffer.concat([once, once]));
});

test('a block of bzip2 that becomes fifty times as much comes out in pieces (SD-05)', async () => {
  // `head -c 46000000 /dev/zero | bzip2 -9`: the first of its blocks is 45,899,235 bytes.
  const zeros = Buffer.from(
    'QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZudCH0AAAxdAAwAAEAAAIIAAgpTQZjUhbBQvF3JFOFCQpcNCbgA==',
    'base64',
  );
  let [total, largest] = [0, 0];
  for await (const chunk of decompressed(chunksOf(zeros, 64), () => undefined)) {
    total += chunk.length;
    largest = Math.max(largest, chunk.length);
  }
  expect([total, largest]).toEqual([46_000_000, 256 * 1024]);
});

test('a plain tar whose first name begins like bzip2 is a plain tar', async () => {
  expect((await unpackedTar(tarOf({ name: 'BZh91AY', body: 'x' }))).files).toEqual({ BZh91AY: 'x' });
});

test('frames of zstd that are skipped, and many small ones, are read to the end however they come', async () => {
  const parts = Array.from({ length: 200 }, (_, index) => Buffer.from(`part ${index} `.repeat(50)));
  const skipped = Buffer.concat([Buffer.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0), Buffer.from('abc')]);
  const bytes = Buffer.concat([skipped, ...parts.map((part) => zstdCompressSync(part)), skipped]);
  for (const size of [1, 50, 65536]) expect(await textOf(bytes, size)).toEqual(Buffer.concat(parts));
  const slowly = async function* () {
    for await (const chunk of chunksOf(bytes, 37)) {
      await new Promise((resolve) => setImmediate(resolve));
      yield chunk;
    }
  };
  const chunks: Buffer[] = [];
  for await (const chunk of decompressed(slowly(), () => undefined)) chunks.push(chunk);
  expect(Buffer.concat(chunks)).toEqual(Buffer.concat(parts));
});

test('zeros behind gzip, as tapes have them, are passed over; anything else is an error', async () => {
  const text = Buffer.from('text');
  expect(await textOf(Buffer.concat([gzipSync(text), Buffer.alloc(1024)]))).toEqual(text);
  await expect(textOf(Buffer.concat([gzipSync(text), Buffer.from('garbage')]))).rejects.toThrow('not valid');
});
