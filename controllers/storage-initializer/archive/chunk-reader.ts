/** Reads a stream of chunks by sizes. Holds one chunk, or what was asked for in one piece. */
export class ChunkReader {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);
  private taken = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes that were taken so far. */
  get position(): number {
    return this.taken;
  }

  /** The next bytes without taking them; fewer when the stream is shorter. */
  async peek(size: number): Promise<Buffer> {
    if (this.rest.length < size) {
      const gathered = [this.rest];
      for (let length = this.rest.length; length < size;) {
        const next = await this.chunks.next();
        if (next.done === true) break;
        gathered.push(next.value);
        length += next.value.length;
      }
      this.rest =
        gathered.length === 2 && this.rest.length === 0 ? (gathered[1] ?? this.rest) : Buffer.concat(gathered);
    }
    return this.rest.subarray(0, size);
  }

  /** Exactly so many bytes in one piece; `undefined` at the end of the stream. @throws Error when it ends within them */
  async exactly(size: number): Promise<Buffer | undefined> {
    const bytes = await this.peek(size);
    if (bytes.length < size) {
      if (bytes.length === 0) return undefined;
      throw new Error(`it ends after ${bytes.length} of ${size} bytes`);
    }
    return this.take(size);
  }

  /** Some bytes, at most so many; `undefined` at the end of the stream. */
  async some(most: number): Promise<Buffer | undefined> {
    while (this.rest.length === 0) {
      const next = await this.chunks.next();
      if (next.done === true) return undefined;
      this.rest = next.value;
    }
    return this.take(Math.min(most, this.rest.length));
  }

  /** Passes over bytes. @throws Error when the stream ends within them */
  async skip(size: number): Promise<void> {
    for (let left = size; left > 0;) {
      const bytes = await this.some(left);
      if (bytes === undefined) throw new Error(`it ends ${left} bytes too early`);
      left -= bytes.length;
    }
  }

  /** The next so many bytes as they come; fewer when the stream is shorter. */
  async *next(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0;) {
      const bytes = await this.some(left);
      if (bytes === undefined) return;
      left -= bytes.length;
      yield bytes;
    }
  }

  /** What is left. */
  async *remaining(): AsyncGenerator<Buffer> {
    for (;;) {
      const bytes = await this.some(Number.MAX_SAFE_INTEGER);
      if (bytes === undefined) return;
      yield bytes;
    }
  }

  /** Reads to the end: whoever sends the bytes may compute a checksum over all of them. */
  async drain(): Promise<void> {
    for await (const _ of this.remaining()) continue;
  }

  private take(size: number): Buffer {
    const bytes = this.rest.subarray(0, size);
    this.rest = this.rest.subarray(size);
    this.taken += size;
    return bytes;
  }

  /** Tells the stream that nothing more is wanted. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}
