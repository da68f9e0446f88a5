/** Bytes that wait for the reader before the writer is held back. */
const waitingLimit = 1024 * 1024;

/**
 * Chunks on their way from a connection, which pushes, to an unpacker, which pulls. A reader that stops early ends nothing: the rest can be
 * read by another, as the end of a layer is, which is behind the end of its archive.
 */
export class ChunkQueue implements AsyncIterable<Buffer> {
  private waiting: Buffer[] = [];
  private size = 0;
  private end: { readonly error?: unknown } | undefined;
  private wakeReader: (() => void) | undefined;
  private wakeWriter: (() => void) | undefined;

  /** Takes a chunk. @returns a promise when the reader is behind: push no more until it settles */
  push(chunk: Buffer): Promise<void> | undefined {
    if (chunk.length === 0 || this.end !== undefined) return undefined;
    this.waiting.push(chunk);
    this.size += chunk.length;
    this.wakeReader?.();
    if (this.size < waitingLimit) return undefined;
    return new Promise((resolve) => (this.wakeWriter = resolve));
  }

  /** No chunk comes any more. */
  close(): void {
    this.finish({});
  }

  /** No chunk comes any more, and this is why: the reader gets it behind the last chunk. */
  fail(error: unknown): void {
    this.finish({ error });
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    return { next: () => this.next() };
  }

  private async next(): Promise<IteratorResult<Buffer, undefined>> {
    while (this.waiting.length === 0 && this.end === undefined) {
      await new Promise<void>((resolve) => (this.wakeReader = resolve));
    }
    const chunk = this.waiting.shift();
    if (chunk !== undefined) {
      this.size -= chunk.length;
      if (this.size < waitingLimit) this.wakeWriter?.();
      return { done: false, value: chunk };
    }
    if (this.end !== undefined && 'error' in this.end) throw this.end.error;
    return { done: true, value: undefined };
  }

  private finish(end: { readonly error?: unknown }): void {
    this.end ??= end;
    this.wakeReader?.();
    this.wakeWriter?.();
  }
}
