/** Room for a number of batches: it bounds how many are in some stages of the pipeline together. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** Waits for room and takes it. */
  async take(): Promise<void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** There is room for everyone from now on: what was waited for will not happen. */
  lift(): void {
    this.free = Infinity;
    for (const next of this.waiting.splice(0)) next();
  }

  /** Gives room back: to who waits longest. */
  release(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free += 1;
    else next();
  }
}
