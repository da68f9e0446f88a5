/** Chunks for readers who find out late that they wanted fewer. */
export class HandedOutChunks {
  private readonly input: AsyncIterator<Buffer>;
  /** Not handed out yet. */
  private next: Buffer | undefined;
  /** A reader that has what it wanted may have asked for more already: the next one waits for the same chunk. */
  private arriving: Promise<void> | undefined;
  private rewinds = 0;
  /** Handed out, and maybe not used. */
  private readonly out: Buffer[] = [];
  /** Bytes handed out and dropped from {@link out}. */
  private dropped = 0;

  constructor(input: AsyncIterable<Buffer>) {
    this.input = input[Symbol.asyncIterator]();
  }

  async hasMore(): Promise<boolean> {
    if (this.next === undefined) await (this.arriving ??= this.arrive());
    return this.next !== undefined;
  }

  private async arrive(): Promise<void> {
    try {
      const next = await this.input.next();
      if (next.done !== true) this.next = next.value;
    } finally {
      this.arriving = undefined;
    }
  }

  /** Whoever stops taking chunks does not end the input. @param used bytes of these chunks that are used up */
  async *chunks(used: () => number): AsyncGenerator<Buffer> {
    const rewinds = this.rewinds;
    while ((await this.hasMore()) && rewinds === this.rewinds) {
      const chunk = this.next ?? Buffer.alloc(0);
      this.next = undefined;
      this.drop(used());
      this.out.push(chunk);
      yield chunk;
    }
  }

  /** Takes back what was handed out and not used. */
  rewind(used: number): void {
    this.rewinds += 1;
    this.drop(used);
    const unused = Buffer.concat(this.out).subarray(used - this.dropped);
    this.out.length = 0;
    this.dropped = 0;
    if (unused.length > 0) this.next = this.next === undefined ? unused : Buffer.concat([unused, this.next]);
  }

  private drop(used: number): void {
    for (let first = this.out[0]; first !== undefined && this.dropped + first.length <= used; first = this.out[0]) {
      this.dropped += first.length;
      this.out.shift();
    }
  }
}
