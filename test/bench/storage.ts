import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import * as z from 'zod';
import { storageNodeFlags } from '../../definitions/storage/storage-node-flags';
import { bundledProgram } from '../program/bundled-program';
import { startVersitygw, type Versitygw } from '../storage-servers/versitygw';
import { median, report } from './measure';
import { firstByteSeconds, measured } from './storage/processes';
import type { ReaderJob } from './storage/reader';
import { keyOf, shapes, stretchesOf, uploadShape, type Shape } from './storage/shapes';
import { writeShape } from './storage/writer';

const least = z.object({ min: z.number() });
const most = z.object({ max: z.number() });
const rangesSchema = z.object({
  oneLargeFile: least,
  filesOf32MiB: least,
  filesOf4KB: least,
  residentMegabytes: most,
  residentMegabytesOneStream: most,
  firstByteSeconds: most,
});

const bucket = 'models';
const say = (line: string) => process.stdout.write(`${line}\n`);

interface Bench {
  readonly server: Versitygw;
  /** The program as it is in the image. */
  readonly program: string;
  /** The reader, bundled. */
  readonly reader: string;
  readonly directory: string;
  readonly rounds: number;
}

/**
 * The storage initializer beside its ceilings, in the same run: a reader that throws the bytes away, and a writer that has them in memory.
 * Every figure of ours is from the spawn of the process to its end; those of the ceilings are without any start.
 *
 * @returns whether all figures are in range
 */
export async function benchStorage([only, count]: readonly string[]): Promise<boolean> {
  const ranges = rangesSchema.parse(JSON.parse(await readFile(join(__dirname, 'ranges/storage.json'), 'utf8')));
  const directory = await mkdtemp(join(tmpdir(), 'slipway-bench-storage-'));
  const [server, bundle] = await Promise.all([startVersitygw(), bundledProgram()]);
  try {
    const bench = {
      server,
      program: bundle.program,
      reader: await bundledReader(directory),
      directory,
      rounds: Number(count ?? 5),
    };
    await server.makeBucket(bucket);
    const figures = [];
    let peak = 0;
    for (const [id, shape] of Object.entries(shapes) as [keyof typeof shapes, Shape][]) {
      if (only !== undefined && only !== id && only !== 'all') continue;
      await uploadShape(server, bucket, shape);
      const found = await benchShape(bench, shape);
      peak = Math.max(peak, found.peakMegabytes);
      figures.push({
        name: `${shape.name}: ours, of the ceiling`,
        value: found.ratio,
        beside: found.beside,
        ...ranges[id],
      });
    }
    figures.push({ name: 'highest resident memory, MB', value: peak, ...ranges.residentMegabytes });
    const oneStream = { S3_MAX_FILE_CONCURRENCY: '1', STORAGE_RANGE_CONCURRENCY: '1' };
    if (only === undefined || only === 'all') {
      const { peakMegabytes } = await ours(bench, shapes.oneLargeFile, oneStream);
      figures.push({ name: 'with one stream', value: peakMegabytes, ...ranges.residentMegabytesOneStream });
    }
    const starts = [];
    for (let round = 0; round < bench.rounds; round += 1) {
      starts.push(await firstByteSeconds(bench.program, join(directory, `first-${round}`)));
    }
    figures.push({ name: 'spawn to first byte, s', value: median(starts), ...ranges.firstByteSeconds });
    return report(figures);
  } finally {
    await server.stop();
    await bundle.remove();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Bytes of a shape from which on its trees are removed after each measurement: 15 of them would fill a disk. */
const removedFrom = 512 * 1024 * 1024;

/**
 * Removes a tree of a shape, unless it is one of many small files: those stay to the end. For minutes after a removal ext4 without a
 * journal looks at every inode that became free before it makes a file: 10,000 files took 0.4 s to write, and 6 s after 10,000 were removed.
 */
async function removeMeasured(tree: string, { files, size }: Shape): Promise<void> {
  if (files * size >= removedFrom) await rm(tree, { recursive: true });
}

async function benchShape(bench: Bench, shape: Shape) {
  const seconds = { reader: [] as number[], writer: [] as number[], ours: [] as number[], curl: [] as number[] };
  let peakMegabytes = 0;
  for (let round = 1; round <= bench.rounds; round += 1) {
    seconds.reader.push(await readerSeconds(bench, shape));
    const written = await mkdtemp(join(bench.directory, 'written-'));
    seconds.writer.push(writeShape(written, shape));
    await removeMeasured(written, shape);
    const found = await ours(bench, shape);
    peakMegabytes = Math.max(peakMegabytes, found.peakMegabytes);
    seconds.ours.push(found.seconds);
    seconds.curl.push(await curlSeconds(bench, shape));
    const [reader, writer, own, curl] = Object.values(seconds).map((values) => (values.at(-1) ?? NaN).toFixed(2));
    say(
      `${shape.name}, round ${round} of ${bench.rounds}: reader ${reader} s, writer ${writer} s, ours ${own} s, curl ${curl} s`,
    );
  }
  const [reader, writer, own, curl] = [seconds.reader, seconds.writer, seconds.ours, seconds.curl].map(median) as [
    number,
    number,
    number,
    number,
  ];
  const rate = (time: number) => `${((shape.files * shape.size) / time / 1e6).toFixed(0)} MB/s`;
  return {
    ratio: Math.max(reader, writer) / own,
    beside: `ours ${rate(own)}, reader ${rate(reader)}, writer ${rate(writer)}, curl with one stream ${rate(curl)}; ${peakMegabytes.toFixed(0)} MB`,
    peakMegabytes,
  };
}

async function bundledReader(directory: string): Promise<string> {
  const outfile = join(directory, 'reader.cjs');
  await build({
    entryPoints: [join(__dirname, 'storage/reader.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    logLevel: 'silent',
  });
  return outfile;
}

async function readerSeconds({ server, reader, directory }: Bench, shape: Shape): Promise<number> {
  const job: ReaderJob = {
    endpoint: server.endpoint,
    region: server.region,
    accessKeyId: server.accessKey,
    secretAccessKey: server.secretKey,
    stretches: stretchesOf(bucket, shape),
  };
  const file = join(directory, 'job.json');
  await writeFile(file, JSON.stringify(job));
  return Number((await measured(process.execPath, [reader, file], {})).output);
}

async function ours({ server, program, directory }: Bench, shape: Shape, env: Record<string, string> = {}) {
  const destination = await mkdtemp(join(directory, 'ours-'));
  try {
    return await measured(
      process.execPath,
      [...storageNodeFlags, program, 'storage-initializer', `s3://${bucket}/${shape.folder}`, destination],
      {
        AWS_ENDPOINT_URL: server.endpoint,
        AWS_REGION: server.region,
        AWS_ACCESS_KEY_ID: server.accessKey,
        AWS_SECRET_ACCESS_KEY: server.secretKey,
        ...env,
      },
    );
  } finally {
    await removeMeasured(destination, shape);
  }
}

/** What users do by hand: one file after the other over one connection. */
async function curlSeconds({ server, directory }: Bench, shape: Shape): Promise<number> {
  const destination = await mkdtemp(join(directory, 'curl-'));
  const lines = Array.from({ length: shape.files }, (_, index) => {
    const key = keyOf(shape, index);
    return [
      ...(index === 0 ? [] : ['next']),
      'silent\nfail\ncreate-dirs',
      `user = "${server.accessKey}:${server.secretKey}"`,
      `aws-sigv4 = "aws:amz:${server.region}:s3"`,
      'header = "x-amz-content-sha256: UNSIGNED-PAYLOAD"',
      `url = "${server.endpoint}/${bucket}/${key}"`,
      `output = "${join(destination, key)}"`,
    ].join('\n');
  });
  const config = join(destination, 'curl.conf');
  await writeFile(config, lines.join('\n'), { mode: 0o600 });
  try {
    return (await measured('curl', ['-K', config], {})).seconds;
  } finally {
    await removeMeasured(destination, shape);
  }
}
