import { causeText } from '../../../../runtime/cause-text';
import type { Clock } from '../../../../runtime/clock';
import type { InitializerLog } from '../../../log';
import { credentialsFailure, type AwsCredentials, type CredentialProvider } from './aws-credentials';

/** How long before their end credentials are fetched anew: the longest stall of a request, and then some. */
const renewBeforeMs = 5 * 60_000;
/** An agent gives the same credentials until shortly before their end: asked once in this time, not for every request. */
const askAgainMs = 30_000;
/** After a renewal, refusals of requests that were signed before it still come in. */
const lateAnswersMs = 60_000;

/**
 * The credentials of a source: fetched when they are needed, renewed before they end, and once more when the server says that they have.
 * However many requests wait for them, they are fetched once.
 */
export class CredentialCache {
  private credentials: AwsCredentials | undefined;
  private pending: Promise<AwsCredentials> | undefined;
  /** Those that the server has refused as expired. */
  private refused: AwsCredentials | undefined;
  private askedAt = -Infinity;
  private renewedAt = -Infinity;

  constructor(
    private readonly provider: CredentialProvider,
    private readonly clock: Clock,
    private readonly log: InitializerLog,
  ) {}

  /** @throws StorageError when there are none, or none that work */
  current(signal: AbortSignal): AwsCredentials | Promise<AwsCredentials> {
    const { credentials } = this;
    if (credentials !== undefined && credentials !== this.refused && !this.endsSoon(credentials)) return credentials;
    this.pending ??= this.renew(signal).finally(() => (this.pending = undefined));
    return this.pending;
  }

  /**
   * The server called them expired.
   *
   * @returns whether the next {@link current} may be better: not for those that were expired already when they were fetched
   */
  expired(): boolean {
    if (this.clock.monotonic() - this.renewedAt < lateAnswersMs) return true;
    this.refused = this.credentials;
    return this.credentials !== undefined;
  }

  private endsSoon({ expiresAt = Infinity }: AwsCredentials): boolean {
    const left = expiresAt - this.clock.now();
    return left <= 0 || (left < renewBeforeMs && this.clock.monotonic() - this.askedAt >= askAgainMs);
  }

  private async renew(signal: AbortSignal): Promise<AwsCredentials> {
    const before = this.credentials;
    this.askedAt = this.clock.monotonic();
    const fresh = await this.provided(signal, before);
    if (before !== undefined && fresh.sessionToken !== before.sessionToken) {
      this.log.info(`credentials of ${fresh.origin} renewed`);
      this.renewedAt = this.clock.monotonic();
    }
    this.credentials = fresh;
    return fresh;
  }

  private async provided(signal: AbortSignal, before: AwsCredentials | undefined): Promise<AwsCredentials> {
    let fresh: AwsCredentials | undefined;
    try {
      fresh = await this.provider(signal);
    } catch (error) {
      // Who asks early can ask again: they are good for some minutes.
      const usable = before !== undefined && before !== this.refused && (before.expiresAt ?? 0) > this.clock.now();
      if (!usable || signal.aborted) throw error;
      this.log.warn(`renewing credentials of ${before.origin}: ${causeText(error)}`);
      return before;
    }
    if (fresh === undefined) throw credentialsFailure(nothingFound);
    const { refused } = this;
    if (refused?.accessKeyId === fresh.accessKeyId && refused.sessionToken === fresh.sessionToken) {
      throw credentialsFailure(`those of ${fresh.origin} have expired`);
    }
    return fresh;
  }
}

const nothingFound =
  'no credentials: looked for AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE, a profile, container credentials and instance metadata';
