import { rm } from 'node:fs/promises';
import type { Bytes } from '../../formats/compression';
import type { Work } from '../../work';
import type { PartStore } from '../parts/part-store';
import { objectBytes } from './object-bytes';
import { bucketFailure, type OpenedBucket } from './open-bucket';
import type { Upload } from './upload';

export interface BucketStoreOptions {
  /** Its name. */
  readonly name: string;
  readonly bucket: OpenedBucket;
  /** Folder of all executions, and that of this one: empty or ending in `/`. */
  readonly prefix: string;
  readonly folder: string;
  readonly upload: Upload;
  readonly work: Pick<Work, 'clock' | 'random' | 'log'>;
  readonly workFolder: string;
}

/** Parts as objects in a bucket. A part is written to a file of this pod, and uploaded when it is finished: its name tells its end. */
export class BucketStore implements PartStore {
  readonly kind = 's3';
  readonly continues = false;
  readonly location: string;
  readonly workFolder: string;

  constructor(private readonly options: BucketStoreOptions) {
    const { name, folder, workFolder } = options;
    this.location = `s3://${name}/${folder.replace(/\/$/, '')}`;
    this.workFolder = workFolder;
  }

  async names(signal: AbortSignal): Promise<readonly string[]> {
    const names: string[] = [];
    await this.worded('listing', this.options.folder, signal, async () => {
      const source = this.options.bucket.objects(this.options.folder);
      for await (const { path } of source.files(signal)) if (!path.includes('/')) names.push(path);
    });
    return names;
  }

  async foreign(signal: AbortSignal): Promise<string | undefined> {
    const { prefix, folder } = this.options;
    return this.worded('listing', prefix, signal, async () => {
      const source = this.options.bucket.objects(prefix);
      for await (const { name } of source.files(signal)) if (!name.startsWith(folder)) return name;
      return undefined;
    });
  }

  async *read(name: string, signal: AbortSignal): Bytes & AsyncGenerator<Buffer> {
    const key = this.keyOf(name);
    try {
      const { bucket, folder, work } = this.options;
      const context = { ...work, source: bucket.objects(folder), http: bucket.http };
      yield* objectBytes(context, { path: name, name: key }, signal);
    } catch (error) {
      throw signal.aborted ? error : bucketFailure('output', `reading ${this.nameOf(key)}`, error);
    }
  }

  async write(name: string, text: string, signal: AbortSignal): Promise<void> {
    const key = this.keyOf(name);
    await this.worded('writing', key, signal, () => this.options.upload.put(key, Buffer.from(text), signal));
  }

  async keep(file: string, name: string, signal: AbortSignal): Promise<void> {
    const key = this.keyOf(name);
    await this.worded('writing', key, signal, () => this.options.upload.putFile(key, file, signal));
    await rm(file, { force: true });
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    const key = this.keyOf(name);
    await this.worded('removing', key, signal, () => this.options.upload.remove(key, signal));
  }

  async close(): Promise<void> {
    await rm(this.workFolder, { recursive: true, force: true });
    await this.options.bucket.close();
  }

  private keyOf(name: string): string {
    return this.options.folder + name;
  }

  private nameOf(key: string): string {
    return `s3://${this.options.name}/${key}`;
  }

  private async worded<T>(operation: string, key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw signal.aborted ? error : bucketFailure('output', `${operation} ${this.nameOf(key)}`, error);
    }
  }
}
