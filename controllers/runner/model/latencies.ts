/** Each bucket reaches 2 % further than the one before: quantiles are at most that much too high, whatever the number of requests. */
const growth = Math.log(1.02);
/** Below this many milliseconds everything is one bucket. */
const leastMs = 0.01;

/** Durations of requests, of which quantiles are asked; a few kilobytes for any number of them. */
export class Latencies {
  private readonly buckets = new Map<number, number>();
  private count = 0;
  private longest = 0;

  add(ms: number): void {
    const bucket = ms <= leastMs ? 0 : Math.ceil(Math.log(ms / leastMs) / growth);
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1);
    this.count += 1;
    this.longest = Math.max(this.longest, ms);
  }

  /** Milliseconds, to a hundredth; `undefined` before the first request. */
  summary(): { readonly p50: number; readonly p95: number; readonly max: number } | undefined {
    if (this.count === 0) return undefined;
    return { p50: this.quantile(0.5), p95: this.quantile(0.95), max: rounded(this.longest) };
  }

  private quantile(share: number): number {
    let left = Math.ceil(this.count * share);
    for (const [bucket, count] of [...this.buckets].sort(([one], [other]) => one - other)) {
      left -= count;
      if (left <= 0) return rounded(Math.min(leastMs * Math.exp(bucket * growth), this.longest));
    }
    return rounded(this.longest);
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
