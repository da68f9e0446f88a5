import type { ApiResource, KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { leases } from '../../definitions/kubernetes/core-resources';

/** A Lease as stored: times are strings. */
export interface Lease extends KubernetesObject {
  readonly spec?: LeaseSpec;
}

export interface LeaseSpec {
  /** Who holds it; empty: nobody. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  /** How often it changed hands. */
  readonly leaseTransitions?: number;
}

export const leaseResource: ApiResource<Lease> = {
  group: leases.group,
  version: leases.version,
  kind: leases.kind,
  plural: leases.plural,
  scope: leases.scope,
};

/** When we first saw the lease as it is now, by our own clock. */
export interface LeaseObservation {
  readonly resourceVersion: string | undefined;
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
}

/**
 * Remembers since when the lease is as it is. The times in it are its holder's and may be wrong; that it has not changed
 * for its duration is what we can see ourselves.
 */
export function observeLease(before: LeaseObservation | undefined, lease: Lease, now: number): LeaseObservation {
  const { resourceVersion } = lease.metadata;
  return before !== undefined && before.resourceVersion === resourceVersion ? before : { resourceVersion, at: now };
}

/** Whether the lease may be taken: nobody's, ours, or not renewed for the duration its holder promised. */
export function isFree(lease: Lease, identity: string, observation: LeaseObservation, now: number): boolean {
  const { holderIdentity = '', leaseDurationSeconds = 0 } = lease.spec ?? {};
  if (holderIdentity === '' || holderIdentity === identity) return true;
  return now - observation.at > leaseDurationSeconds * 1000;
}

/** The lease held by us: a renewal keeps when and how often it was acquired. */
export function heldBy(
  identity: string,
  durationSeconds: number,
  before: LeaseSpec | undefined,
  wallClockMs: number,
): LeaseSpec {
  const now = microTime(wallClockMs);
  const renewal = before?.holderIdentity === identity;
  const transitions = before?.leaseTransitions ?? 0;
  return {
    holderIdentity: identity,
    leaseDurationSeconds: durationSeconds,
    acquireTime: renewal ? (before.acquireTime ?? now) : now,
    renewTime: now,
    leaseTransitions: before === undefined || renewal ? transitions : transitions + 1,
  };
}

/** The lease given back: the next one need not wait until it runs out. One second is the shortest duration allowed. */
export function released(before: LeaseSpec, wallClockMs: number): LeaseSpec {
  const now = microTime(wallClockMs);
  return { ...before, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
}

/** Kubernetes' MicroTime: six decimals, no fewer. */
export function microTime(wallClockMs: number): string {
  return new Date(wallClockMs).toISOString().replace('Z', '000Z');
}
