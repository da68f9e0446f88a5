import { ApiError } from './api-error';
import { causeText } from './cause-text';
import type { KubernetesClient } from './client';
import { sleep, type Clock, type Random, type Timer } from './clock';
import { heldBy, isFree, leaseResource, observeLease, released, type Lease, type LeaseObservation } from './lease';
import type { Logger } from './log';
import type { RuntimeMetrics } from './metrics';
import type { ObjectRef } from './object-key';

export interface LeaderElectionOptions {
  readonly lease: Required<ObjectRef>;
  /** Unlike that of any other process, also of an earlier one in the same pod. */
  readonly identity: string;
  /** With a connection of its own: the lease must not wait behind other requests. */
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Pick<RuntimeMetrics, 'leader'>;
  /** Seconds after its last renewal during which nobody else takes the lease. @default 15 */
  readonly durationSeconds?: number;
  /** Seconds without a renewal after which we stop working; the margin to the duration is for work to end. @default 10 */
  readonly renewDeadlineSeconds?: number;
  /** Seconds between two attempts. @default 2 */
  readonly retrySeconds?: number;
}

/** Attempts of waiting processes drift apart by up to this factor. */
const retryJitter = 1.2;

/** The lease could not be renewed in time, or somebody else has it. */
export class LeaseLost extends Error {
  constructor(lease: ObjectRef, cause: string) {
    super(`renewing leases/${lease.name} in ${lease.namespace}: ${cause}`);
    this.name = 'LeaseLost';
  }
}

/**
 * Holds a Lease, so that of several processes one works.
 *
 * Guarantees: the lease counts as lost when the deadline passes since the *sending* of the last renewal that succeeded,
 * whatever a request in flight will say, also when our event loop stood still (then `assertHeld` notices before the timer
 * does). Times are measured by our own monotonic clock; those in the Lease are only for people.
 *
 * Caveats: a request that was sent before the lease was lost may still take effect after it; what must not happen twice needs a
 * precondition at the server. Clocks that run at different speeds eat into the margin between deadline and duration.
 */
export class LeaderElection {
  private observation: LeaseObservation | undefined;
  private heldSince: number | undefined;
  private current: Lease | undefined;
  private watchdog: Timer | undefined;
  private readonly lost = new AbortController();
  private readonly durationSeconds: number;
  private readonly renewDeadlineMs: number;
  private readonly retryMs: number;

  constructor(private readonly options: LeaderElectionOptions) {
    const { durationSeconds = 15, renewDeadlineSeconds = 10, retrySeconds = 2 } = options;
    if (!(durationSeconds > renewDeadlineSeconds && renewDeadlineSeconds > retrySeconds * retryJitter)) {
      throw new Error(
        `leader election: duration ${durationSeconds} s must exceed the renew deadline ${renewDeadlineSeconds} s, ` +
          `and that ${retryJitter} times the retry period ${retrySeconds} s`,
      );
    }
    this.durationSeconds = durationSeconds;
    this.renewDeadlineMs = renewDeadlineSeconds * 1000;
    this.retryMs = retrySeconds * 1000;
    this.measure(0);
  }

  /** Aborts with {@link LeaseLost} when the lease is lost. */
  get lostSignal(): AbortSignal {
    return this.lost.signal;
  }

  /** @throws LeaseLost unless the lease is held at this very moment */
  assertHeld(): void {
    if (this.heldSince === undefined || this.lost.signal.aborted) {
      throw new LeaseLost(this.options.lease, 'we do not hold it');
    }
    const sinceMs = this.options.clock.monotonic() - this.heldSince;
    if (sinceMs < this.renewDeadlineMs) return;
    this.lose(`not renewed for ${Math.round(sinceMs / 1000)} s`);
    this.lost.signal.throwIfAborted();
  }

  /** Waits until the lease is ours. @returns false when the signal aborted before */
  async acquire(signal: AbortSignal): Promise<boolean> {
    const { clock, random, log, lease } = this.options;
    log.info(
      { lease: lease.name, namespace: lease.namespace, identity: this.options.identity },
      'waiting for the lease',
    );
    let trouble: string | undefined;
    while (!signal.aborted) {
      try {
        if (await this.attempt(signal)) {
          log.info({ lease: lease.name, namespace: lease.namespace }, 'lease acquired');
          this.measure(1);
          return true;
        }
        trouble = undefined;
      } catch (error) {
        if (signal.aborted) break;
        const cause = causeText(error);
        if (cause !== trouble) log.warn({ lease: lease.name, cause }, 'lease not acquired, trying again');
        trouble = cause;
      }
      await sleep(clock, this.retryMs * (1 + (retryJitter - 1) * random.next()), signal);
    }
    return false;
  }

  /** Renews the lease until the signal aborts or the lease is lost; never rejects. */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock, log, lease } = this.options;
    const over = AbortSignal.any([signal, this.lost.signal]);
    while (!over.aborted) {
      await sleep(clock, this.retryMs, over);
      if (over.aborted) break;
      try {
        this.assertHeld();
        if (!(await this.attempt(over))) this.lose(`${this.current?.spec?.holderIdentity || 'somebody else'} holds it`);
      } catch (error) {
        if (!over.aborted) log.warn({ lease: lease.name, cause: causeText(error) }, 'lease not renewed, trying again');
      }
    }
    this.watchdog?.cancel();
  }

  /** Gives the lease back, if it is ours. Call when all work has ended. */
  async release(signal: AbortSignal): Promise<void> {
    const { client, clock, log, identity, lease } = this.options;
    this.watchdog?.cancel();
    if (this.lost.signal.aborted || this.current?.spec?.holderIdentity !== identity) return;
    this.heldSince = undefined;
    this.measure(0);
    try {
      const spec = released(this.current.spec, clock.now());
      await client.update(leaseResource, { ...this.current, spec }, { signal, timeoutMs: this.renewDeadlineMs / 2 });
      log.info({ lease: lease.name, namespace: lease.namespace }, 'lease released');
    } catch (error) {
      log.warn({ lease: lease.name, cause: causeText(error) }, 'lease not released, it will run out');
    }
  }

  /** One attempt to acquire or renew. @returns whether the lease is ours */
  private async attempt(signal: AbortSignal): Promise<boolean> {
    const { client, clock, identity, lease: ref } = this.options;
    const request = { signal, timeoutMs: this.timeoutMs() };
    const lease = await client.get(leaseResource, ref, request);
    const started = clock.monotonic();
    if (lease === undefined) {
      const spec = heldBy(identity, this.durationSeconds, undefined, clock.now());
      return this.written(started, () =>
        client.create(leaseResource, { metadata: ref, spec }, { ...request, timeoutMs: this.timeoutMs() }),
      );
    }
    this.current = lease;
    this.observation = observeLease(this.observation, lease, started);
    const holding = this.heldSince !== undefined;
    // Once we hold it, somebody else's name in it is the loss, however old it is.
    if (holding ? lease.spec?.holderIdentity !== identity : !isFree(lease, identity, this.observation, started))
      return false;
    const spec = heldBy(identity, this.durationSeconds, lease.spec, clock.now());
    return this.written(started, () =>
      client.update(leaseResource, { ...lease, spec }, { ...request, timeoutMs: this.timeoutMs() }),
    );
  }

  /** A conflict means that somebody was quicker: while acquiring that is no error, while renewing the next look tells. */
  private async written(started: number, write: () => Promise<Lease>): Promise<boolean> {
    try {
      this.current = await write();
    } catch (error) {
      if (this.heldSince === undefined && error instanceof ApiError && error.status === 409) return false;
      throw error;
    }
    this.renewed(started);
    return !this.lost.signal.aborted;
  }

  private renewed(started: number): void {
    const { clock } = this.options;
    const leftMs = started + this.renewDeadlineMs - clock.monotonic();
    // The answer came after the deadline: it is too late to trust, others may have begun to count.
    if (this.heldSince !== undefined && leftMs <= 0) return;
    this.heldSince = started;
    this.watchdog?.cancel();
    this.watchdog = clock.setTimer(leftMs, () => this.lose(`not renewed for ${this.renewDeadlineMs / 1000} s`));
  }

  /** A request may take half the deadline, and never longer than until it passes. */
  private timeoutMs(): number {
    const half = this.renewDeadlineMs / 2;
    if (this.heldSince === undefined) return half;
    return Math.max(1, Math.min(half, this.heldSince + this.renewDeadlineMs - this.options.clock.monotonic()));
  }

  private lose(cause: string): void {
    if (this.lost.signal.aborted) return;
    this.watchdog?.cancel();
    this.measure(0);
    this.lost.abort(new LeaseLost(this.options.lease, cause));
  }

  private measure(held: 0 | 1): void {
    this.options.metrics.leader.set({ name: this.options.lease.name }, held);
  }
}
