import { randomUUID } from 'node:crypto';
import type { ApiConnection } from '../runtime/api-connection';
import { ApiConnectionError, ApiError } from '../runtime/api-error';
import { Backoff } from '../runtime/backoff';
import { causeText } from '../runtime/cause-text';
import { type Clock, type Random, sleep } from '../runtime/clock';
import type { Logger } from '../runtime/log';
import type { WantedSecret } from './flags';
import { randomPassword } from './password';
import { SecretKeys } from './secret-keys';

/** What generating needs. */
export interface GenerateSecretParts {
  readonly connection: ApiConnection;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Ends it, with the signal's reason. */
  readonly signal: AbortSignal;
}

/** The first wait is short, for a connection that was cut; an API server that starts takes longer. */
const backoff = { baseMs: 500, maxMs: 10_000, resetAfterMs: 60_000 };

/**
 * Sees to it that a Secret has its keys. What it has already stays, whoever made it. An attempt whose answer was lost is no harm: the
 * next one finds the keys there.
 *
 * @throws Error naming the Secret and the keys that it lacks, when the API server refuses them; the signal's reason
 */
export async function generateSecret(wanted: WantedSecret, parts: GenerateSecretParts): Promise<void> {
  const { clock, random, log, signal } = parts;
  const { namespace, name } = wanted;
  const waits = new Backoff(backoff, clock, random);
  for (;;) {
    signal.throwIfAborted();
    try {
      const outcome = await attempt(wanted, parts);
      if (outcome === undefined) continue;
      log.info({ namespace, name, ...outcome }, messageOf(outcome));
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!passes(error)) throw error;
      const waitMs = waits.next();
      log.warn({ namespace, name, waitMs: Math.round(waitMs), cause: causeText(error) }, 'trying again');
      await sleep(clock, waitMs, signal);
    }
  }
}

/** Keys that were there, and those that were not. */
interface Outcome {
  readonly left: readonly string[];
  readonly added: readonly string[];
}

function messageOf({ left, added }: Outcome): string {
  if (added.length === 0) return 'the Secret has its keys: left as it is';
  return left.length === 0 ? 'generated the Secret' : 'the Secret lacked keys: added, the others left as they are';
}

/** @returns undefined when somebody else added a key between looking and adding */
async function attempt(
  wanted: WantedSecret,
  { connection, signal }: GenerateSecretParts,
): Promise<Outcome | undefined> {
  const keys = new SecretKeys(connection, wanted, `slipway-secret-${randomUUID()}`);
  const values = new Map([...wanted.values, ...wanted.passwords.map((key) => [key, randomPassword()] as const)]);
  const left: string[] = [];
  const added: string[] = [];
  const refuse = (lacking: readonly string[]) => (error: unknown) => {
    throw refusal(wanted, lacking, values, error);
  };
  for (const key of values.keys()) {
    const there = await keys.has(key, randomPassword(), signal).catch(refuse([key]));
    (there ? left : added).push(key);
  }
  if (added.length === 0) return { left, added };
  const missing = Object.fromEntries(added.map((key) => [key, values.get(key) ?? '']));
  return (await keys.add(missing, signal).catch(refuse(added))) ? { left, added } : undefined;
}

/** A refusal says which keys; whatever passes by itself stays what it is. */
function refusal(
  { namespace, name, passwords }: WantedSecret,
  lacking: readonly string[],
  values: ReadonlyMap<string, string>,
  error: unknown,
): unknown {
  if (!(error instanceof ApiError) || passes(error)) return error;
  const keys = `key${lacking.length === 1 ? '' : 's'} ${lacking.join(', ')}`;
  // A webhook that refuses may quote what it refuses.
  const secrets = passwords.map((key) => values.get(key) ?? '');
  const cause = without(secrets, error.message);
  return new Error(
    `Secret ${namespace}/${name} lacks ${keys}, which can't be added: ${cause}: add what is missing, or delete the Secret`,
  );
}

function without(secrets: readonly string[], text: string): string {
  const written = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('base64')]);
  return written.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
}

/**
 * Not reachable, overloaded, in trouble, two writers in one moment: later it is different. A refusal stays one; the Job starts another pod
 * anyway.
 */
function passes(error: unknown): boolean {
  if (!(error instanceof ApiError)) return error instanceof ApiConnectionError;
  return error.status === 409 || error.status === 429 || error.status >= 500;
}
