import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { Transform } from 'node:stream';
import { causeText } from '../../runtime/cause-text';
import { displayUri } from '../display-uri';
import { StorageError } from '../storage-error';
import { ConnectionError } from './connection-error';
import type { AnswerHead, BodySink, HeaderFields } from './http-client';

/** Fields that are of the coded bytes, not of what is in them. */
const ofTheCoding = /^(content-(?!type$)|etag$|last-modified$|accept-ranges$|(repr-)?digest$|x-checksum-)/;

/**
 * A body without its content coding: servers that store files compressed (`Content-Encoding: gzip`) send them so, although they are
 * asked for the file itself. What is in no coding passes through.
 *
 * What comes out has neither length nor version: the fields of the answer are those of the coded bytes. That it is whole is known from
 * the end of the coding.
 */
export class DecodedBody implements BodySink {
  private decoder: Transform | undefined;
  private failure: Error | undefined;
  /** Fails what waits for the decoder: one that was destroyed calls nobody back. */
  private failWaiting: (error: Error) => void = () => undefined;

  constructor(private readonly sink: BodySink) {}

  begin(head: AnswerHead): void {
    const coding = codingOf(head.headers);
    if (coding === undefined) {
      this.sink.begin(head);
      return;
    }
    const name = displayUri(head.url);
    const create = decoders[coding];
    if (create === undefined || head.status === 206) {
      const what = head.status === 206 ? 'a part of it' : 'it';
      throw new StorageError('other', `${name}: the server sends ${what} with Content-Encoding ${coding}`);
    }
    this.sink.begin({ ...head, headers: ofTheContent(head.headers) });
    this.decoder = this.connected(create(), coding);
  }

  data(chunk: Buffer): Promise<void> | undefined {
    const { decoder } = this;
    if (decoder === undefined) return this.sink.data(chunk);
    return this.waitFor((done) => void decoder.write(chunk, () => done()));
  }

  /** Hands on what is left. @throws ConnectionError when the coding is broken, or breaks off */
  async end(): Promise<void> {
    const { decoder } = this;
    if (decoder === undefined) return;
    await this.waitFor((done) => {
      decoder.once('end', done);
      decoder.end();
    });
  }

  /** Nothing more comes. */
  abandon(): void {
    this.decoder?.destroy();
  }

  private connected(decoder: Transform, coding: string): Transform {
    decoder.on('error', (error) => {
      this.fail(new ConnectionError(`the ${coding} coding is broken: ${causeText(error)}`, 'Z_DATA_ERROR', false));
    });
    decoder.on('data', (decoded: Buffer) => {
      try {
        const held = this.sink.data(decoded);
        if (held === undefined) return;
        decoder.pause();
        held.then(
          () => decoder.resume(),
          (error: unknown) => this.fail(error),
        );
      } catch (error) {
        this.fail(error);
      }
    });
    return decoder;
  }

  private async waitFor(start: (done: () => void) => void): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    await new Promise<void>((resolve, reject) => {
      this.failWaiting = reject;
      start(resolve);
    });
  }

  private fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
    this.decoder?.destroy();
    this.failWaiting(this.failure);
  }
}

const decoders: Readonly<Record<string, (() => Transform) | undefined>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

function codingOf(headers: HeaderFields): string | undefined {
  const field = headers['content-encoding'];
  const coding = (typeof field === 'string' ? field : (field ?? []).join(', ')).trim().toLowerCase();
  return coding === '' || coding === 'identity' ? undefined : coding;
}

function ofTheContent(headers: HeaderFields): HeaderFields {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheCoding.test(name)));
}
