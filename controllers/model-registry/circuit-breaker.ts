/** Why a request was not sent, and how long that stays so. */
export interface CircuitRefusal {
  readonly text: string;
  readonly seconds: number;
}

/** Failures in a row after which a registry counts as down. */
const threshold = 5;
/** Seconds of the first pause; each failed probe doubles it. */
const firstPause = 1;
/** Short enough that a registry that came back is found within the minute. */
const longestPause = 30;

/**
 * Remembers whether one registry answers. After some failures in a row it is left alone for a while; then one request is let through,
 * and only when that one is answered all others follow. Many objects of one dead registry would otherwise keep every worker
 * busy with time-outs, and the objects of other registries waiting.
 */
export class CircuitBreaker {
  private failures = 0;
  private pauseSeconds = firstPause;
  private openUntil = 0;
  private probing = false;
  private cause = '';

  /** @param now milliseconds of a monotonic clock */
  constructor(private readonly now: () => number) {}

  /** Asks before a request; whoever is let through says afterwards how it went. */
  enter(): CircuitRefusal | undefined {
    if (this.failures < threshold) return undefined;
    const left = (this.openUntil - this.now()) / 1000;
    if (left <= 0 && !this.probing) {
      this.probing = true;
      return undefined;
    }
    // While a probe is under way its outcome is a moment away.
    const seconds = Math.max(left, firstPause);
    return { seconds, text: `left alone for a moment after failures in a row, the last one: ${this.cause}` };
  }

  /** The registry answered, whatever it said. */
  succeeded(): void {
    this.failures = 0;
    this.pauseSeconds = firstPause;
    this.probing = false;
  }

  /** No answer, or one that says it is out of order. */
  failed(cause: string): void {
    this.cause = cause;
    const wasProbe = this.probing;
    this.failures += 1;
    this.probing = false;
    // Requests that were under way when it broke tell nothing new.
    if (this.failures < threshold || (!wasProbe && this.now() < this.openUntil)) return;
    this.openUntil = this.now() + this.pauseSeconds * 1000;
    this.pauseSeconds = Math.min(this.pauseSeconds * 2, longestPause);
  }

  /** The registry asked to be left alone for this long. */
  pause(seconds: number, cause: string): void {
    this.cause = cause;
    this.failures = Math.max(this.failures + 1, threshold);
    this.probing = false;
    this.openUntil = this.now() + seconds * 1000;
  }

  /** We gave up before there was an outcome. */
  abandoned(): void {
    this.probing = false;
  }
}
