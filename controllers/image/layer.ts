import { spawn } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { CommandMissing } from './command';

/** A layer of the image, as a blob. */
export interface Layer {
  /** What it holds, for the image's history. */
  readonly contents: string;
  /** SHA-256 in hex of the compressed archive: the name of the blob. */
  readonly sha256: string;
  /** SHA-256 in hex of the archive before compression. */
  readonly diffSha256: string;
  /** Bytes, compressed. */
  readonly size: number;
  /** Bytes of the archive before compression. */
  readonly unpackedSize: number;
}

/** How layers are written. */
export interface LayerOptions {
  /** Directory of blobs. */
  readonly blobs: string;
  /** Time of every file, in seconds since the epoch. */
  readonly epoch: number;
  readonly environment: NodeJS.ProcessEnv;
}

/** Level 9 takes three times as long for the Node binary and saves 0.3 %. */
const gzipLevel = 6;

/**
 * Packs a directory into a layer. The same content gives the same bytes, whoever packs it, when and where: names are in
 * byte order, root owns everything, modes are 0755 or 0644 (0777 and sticky for a directory that is sticky), links are
 * files. Compression is that of the Node this runs on, which the package lock pins.
 *
 * @throws CommandMissing without GNU tar; Error with tar's own words
 */
export async function writeLayer(contents: string, directory: string, options: LayerOptions): Promise<Layer> {
  await setModes(directory);
  const unfinished = join(options.blobs, `.layer-${process.pid}`);
  const [archive, blob] = [new Meter(), new Meter()];
  const tar = await startTar(directory, options);
  await Promise.all([
    pipeline(tar.archive, archive, createGzip({ level: gzipLevel }), blob, createWriteStream(unfinished)),
    tar.ended,
  ]);
  const sha256 = blob.hash.digest('hex');
  await rename(unfinished, join(options.blobs, sha256));
  return { contents, sha256, diffSha256: archive.hash.digest('hex'), size: blob.bytes, unpackedSize: archive.bytes };
}

async function startTar(directory: string, { epoch, environment }: LayerOptions) {
  const names = (await readdir(directory)).sort();
  const args = [
    '--create',
    '--format=ustar',
    '--sort=name',
    `--mtime=@${epoch}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--hard-dereference',
    `--directory=${directory}`,
    '--',
    ...names,
  ];
  const tar = spawn('tar', args, { env: { ...environment, LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  tar.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = new Promise<void>((resolve, reject) => {
    tar.once('error', (error) => reject(new CommandMissing('tar', error)));
    tar.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`packing a layer with tar (GNU tar 1.28 or newer is needed): ${complaint.trim()}`));
    });
  });
  return { archive: tar.stdout, ended };
}

/** The user's umask must not show. */
async function setModes(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isSymbolicLink()) continue;
    const { mode } = await stat(path);
    if (entry.isDirectory()) {
      await chmod(path, (mode & 0o1000) === 0 ? 0o755 : 0o1777);
      await setModes(path);
    } else {
      await chmod(path, (mode & 0o100) === 0 ? 0o644 : 0o755);
    }
  }
}

/** Lets bytes through, counts and hashes them. */
class Meter extends Transform {
  readonly hash: Hash = createHash('sha256');
  bytes = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.hash.update(chunk);
    this.bytes += chunk.length;
    done(null, chunk);
  }
}
