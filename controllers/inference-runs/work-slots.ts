/**
 * Passes over runs that may be in work at the same time, in all watched namespaces together: each of these has a queue and workers of its
 * own.
 */
export class WorkSlots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** Does work as soon as there is a free slot, first come, first served. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
