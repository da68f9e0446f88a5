import type * as z from 'zod';
import { causeText } from '../../../runtime/cause-text';
import { displayUri } from '../../display-uri';
import { isConnectionError, isSuccess, type TextAnswer } from '../../http/http-client';
import { storageFailure, type StorageError } from '../../storage-error';
import { batchSchema, homeSchema, listingSchema, statusSchema, type FileStatus } from './file-status';
import type { NamenodeClient } from './namenode-client';
import { hdfsRefusal } from './remote-exception';

/** How a namenode is asked. */
export interface NamenodeOptions {
  readonly client: NamenodeClient;
  /** Base URL. */
  readonly namenode: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly proxyUser?: string;
}

/** What a namenode tells of the files of a cluster. Everything throws StorageError. */
export class Namenode {
  /** Whether it lists directories in parts; known when it has been asked. */
  private hasBatches = true;

  constructor(private readonly options: NamenodeOptions) {}

  /** URL of an operation on a path. */
  url(path: string, operation: string, parameters: Readonly<Record<string, string>> = {}): string {
    const { namenode, proxyUser } = this.options;
    const query = new URLSearchParams({
      op: operation,
      ...(proxyUser === undefined ? {} : { doas: proxyUser }),
      ...parameters,
    });
    return `${namenode}/webhdfs/v1${path.split('/').map(encodeURIComponent).join('/')}?${query.toString()}`;
  }

  async status(path: string, signal: AbortSignal): Promise<FileStatus> {
    return (await this.ask(path, 'GETFILESTATUS', {}, statusSchema, signal)).FileStatus;
  }

  async homeDirectory(signal: AbortSignal): Promise<string> {
    return (await this.ask('/', 'GETHOMEDIRECTORY', {}, homeSchema, signal)).Path;
  }

  /** What is in a directory, in parts: one can have a million files. */
  async *list(path: string, signal: AbortSignal): AsyncGenerator<FileStatus> {
    for (let after: string | undefined = ''; after !== undefined;) {
      const parameters: Record<string, string> = after === '' ? {} : { startAfter: after };
      const answer: TextAnswer | undefined = this.hasBatches
        ? await this.send(this.url(path, 'LISTSTATUS_BATCH', parameters), signal)
        : undefined;
      // Before Hadoop 2.9 nobody knows the operation.
      if (answer === undefined || answer.status === 400) {
        this.hasBatches = false;
        const whole = await this.ask(path, 'LISTSTATUS', {}, listingSchema, signal);
        yield* whole.FileStatuses.FileStatus;
        return;
      }
      const { partialListing, remainingEntries } = this.parse(path, answer, batchSchema).DirectoryListing;
      const part = partialListing.FileStatuses.FileStatus;
      yield* part;
      after = remainingEntries > 0 ? part.at(-1)?.pathSuffix : undefined;
      if (remainingEntries > 0 && after === undefined)
        throw this.notUnderstood(path, 'a part of the directory is empty');
    }
  }

  refusal(path: string, status: number, headers: TextAnswer['headers'], body: string): StorageError {
    return hdfsRefusal(path, this.options.namenode, status, headers, body);
  }

  private async ask<Schema extends z.ZodType>(
    path: string,
    operation: string,
    parameters: Readonly<Record<string, string>>,
    schema: Schema,
    signal: AbortSignal,
  ): Promise<z.output<Schema>> {
    return this.parse(path, await this.send(this.url(path, operation, parameters), signal), schema);
  }

  private async send(url: string, signal: AbortSignal): Promise<TextAnswer> {
    const { client, headers } = this.options;
    try {
      return await client.send({ url, headers: { accept: 'application/json', ...headers }, redirects: {} }, signal);
    } catch (error) {
      if (signal.aborted || !isConnectionError(error)) throw error;
      throw storageFailure('HDFS', 'connection', displayUri(this.options.namenode), causeText(error));
    }
  }

  private parse<Schema extends z.ZodType>(path: string, answer: TextAnswer, schema: Schema): z.output<Schema> {
    if (!isSuccess(answer.status)) throw this.refusal(path, answer.status, answer.headers, answer.body);
    let body: unknown;
    try {
      body = JSON.parse(answer.body);
    } catch {
      throw this.notUnderstood(path, 'it is not JSON');
    }
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw this.notUnderstood(path, 'it is not of WebHDFS');
  }

  private notUnderstood(path: string, why: string): StorageError {
    const { namenode } = this.options;
    return storageFailure('HDFS', 'other', path, `${path}: the answer of ${namenode} can't be understood: ${why}`);
  }
}
