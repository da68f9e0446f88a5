/**
 * Hands values over in their order, from who makes them to who takes them. It holds as many as are pushed: {@link Slots} bound that.
 */
export class Handover<Value> {
  private values: Value[] = [];
  private readonly takers: ((value: Value | undefined) => void)[] = [];
  private closed = false;

  /** Values that wait to be taken. */
  get length(): number {
    return this.values.length;
  }

  /** Hands over a value; without effect after the end. */
  push(value: Value): void {
    if (this.closed) return;
    const taker = this.takers.shift();
    if (taker === undefined) this.values.push(value);
    else taker(value);
  }

  /** The next value, as soon as there is one; undefined when there will be none. */
  async take(): Promise<Value | undefined> {
    if (this.values.length > 0 || this.closed) return this.values.shift();
    return new Promise((resolve) => this.takers.push(resolve));
  }

  /** What would be taken next, if it waits already. */
  peek(): Value | undefined {
    return this.values[0];
  }

  /** Takes what {@link peek} has shown. */
  drop(): void {
    this.values.shift();
  }

  /** Nothing comes any more; what waits can still be taken. */
  close(): void {
    this.closed = true;
    for (const taker of this.takers.splice(0)) taker(undefined);
  }

  /** Nothing comes any more, and what waits is let go. */
  discard(): void {
    this.values = [];
    this.close();
  }
}
