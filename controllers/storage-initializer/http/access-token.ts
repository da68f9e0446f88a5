import type { Clock } from '../../runtime/clock';
import { StorageError } from '../storage-error';

/** A token that says who we are, for some time. */
export interface AccessToken {
  readonly value: string;
  /** Seconds from now until nobody accepts it any more. */
  readonly lifetimeSeconds: number;
}

/** Gets a new token. Throws a StorageError. */
export type ObtainAccessToken = (signal: AbortSignal) => Promise<AccessToken>;

/** A token is renewed this long before its end, so that none ends on the way; short-lived ones after four fifths of their life. */
const renewBeforeMs = 5 * 60_000;
/** Requests that were sent with the token before are answered within this time: what they are told says nothing about the new one. */
const onTheWayMs = 2_000;

interface HeldToken {
  readonly value: string;
  readonly renewAt: number;
  readonly end: number;
}

/**
 * The token of a source: one request for all files that wait for it, renewed before its end, and once when the storage refuses it early.
 */
export class AccessTokens {
  private held: HeldToken | undefined;
  private underWay: Promise<HeldToken> | undefined;
  /** When the token in use took the place of a refused one. */
  private replacedAt: number | undefined;

  constructor(
    private readonly obtain: ObtainAccessToken,
    private readonly clock: Clock,
  ) {}

  /** The token to send. @throws StorageError when there is none to be had */
  async token(signal: AbortSignal): Promise<string> {
    const now = this.clock.monotonic();
    if (this.held !== undefined && now < this.held.renewAt) return this.held.value;
    this.underWay ??= this.renew(signal).finally(() => {
      this.underWay = undefined;
    });
    try {
      return (await this.underWay).value;
    } catch (error) {
      // Renewing early failed: the token is good for a while, and the next request tries again.
      if (this.held !== undefined && now < this.held.end) return this.held.value;
      throw error;
    }
  }

  /**
   * The storage has refused the token although its time was not over: revoked, or a clock that is wrong. The first time it is forgotten.
   *
   * @returns whether trying again makes sense: not when a new one was refused too
   */
  refused(): boolean {
    const now = this.clock.monotonic();
    if (this.replacedAt !== undefined) return now - this.replacedAt < onTheWayMs;
    this.held = undefined;
    this.replacedAt = now;
    return true;
  }

  private async renew(signal: AbortSignal): Promise<HeldToken> {
    const { value, lifetimeSeconds } = await this.obtain(signal);
    const now = this.clock.monotonic();
    const lifetime = lifetimeSeconds * 1000;
    // Renewed because of its age: if the new one is refused, that is a first time again.
    if (this.held !== undefined) this.replacedAt = undefined;
    this.held = { value, end: now + lifetime, renewAt: now + Math.max(lifetime - renewBeforeMs, lifetime * 0.8) };
    return this.held;
  }
}

/** The storage refused a token that was good when it was fetched: the next try has another one. */
export class TokenRefused extends StorageError {
  constructor(
    /** What it is when there is no next try. */
    readonly refusal: StorageError,
  ) {
    super(refusal.failure, refusal.message, { cause: refusal });
    this.name = 'TokenRefused';
  }

  override get transient(): boolean {
    return true;
  }
}
