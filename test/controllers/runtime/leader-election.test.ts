import { randomUUID } from 'node:crypto';
import { realClock, realRandom, type Clock } from '../../../controllers/runtime/clock';
import { LeaderElection, LeaseLost } from '../../../controllers/runtime/leader-election';
import { heldBy, isFree, leaseResource, observeLease, type Lease } from '../../../controllers/runtime/lease';
import { testCluster } from '../../cluster/test-cluster';
import { waitFor } from '../../cluster/wait-for';
import { logLines } from './log-lines';
import { runtimeClient } from './runtime-client';

describe('a lease', () => {
  const lease = (holderIdentity: string, resourceVersion = '1'): Lease => ({
    metadata: { name: 'work', namespace: 'ml', resourceVersion },
    spec: { holderIdentity, leaseDurationSeconds: 15, renewTime: '1999-01-01T00:00:00.000000Z' },
  });

  it('is free when nobody or we hold it', () => {
    const observation = observeLease(undefined, lease(''), 0);
    expect(isFree(lease(''), 'us', observation, 0)).toBe(true);
    expect(isFree(lease('us'), 'us', observation, 0)).toBe(true);
  });

  it('is free when it has not changed for its duration by our clock, whatever time its holder wrote into it', () => {
    const first = observeLease(undefined, lease('them'), 1000);
    const again = observeLease(first, lease('them'), 15_000);
    expect(isFree(lease('them'), 'us', again, 16_000)).toBe(false);
    expect(isFree(lease('them'), 'us', again, 16_001)).toBe(true);
    const renewed = observeLease(again, lease('them', '2'), 16_001);
    expect(isFree(lease('them', '2'), 'us', renewed, 16_001)).toBe(false);
  });

  it('counts how often it changed hands', () => {
    const first = heldBy('us', 15, undefined, 0);
    expect(first).toMatchObject({ leaseTransitions: 0, acquireTime: '1970-01-01T00:00:00.000000Z' });
    const renewed = heldBy('us', 15, first, 2000);
    expect(renewed).toMatchObject({
      leaseTransitions: 0,
      acquireTime: first.acquireTime,
      renewTime: '1970-01-01T00:00:02.000000Z',
    });
    expect(heldBy('them', 15, renewed, 4000)).toMatchObject({
      leaseTransitions: 1,
      acquireTime: '1970-01-01T00:00:04.000000Z',
    });
  });
});

describe('leader election on the API server', () => {
  const cluster = testCluster();
  const { client, connection, metrics } = runtimeClient({
    url: cluster.url,
    ca: cluster.ca,
    token: cluster.adminToken,
  });
  const stop = new AbortController();
  const keeping: Promise<void>[] = [];
  let namespace: string;

  beforeAll(async () => {
    namespace = await cluster.namespace('lease');
  });
  afterAll(async () => {
    stop.abort();
    await Promise.all(keeping);
    await connection.close();
  });

  function candidate(name: string, clock: Clock = realClock, own = client) {
    const { log, lines } = logLines();
    const identity = `${name}-${randomUUID()}`;
    const times = { durationSeconds: 2, renewDeadlineSeconds: 1, retrySeconds: 0.2 };
    const lease = { name, namespace };
    const election = new LeaderElection({
      ...times,
      lease,
      identity,
      client: own,
      clock,
      random: realRandom,
      log,
      metrics,
    });
    const keep = () => keeping.push(election.keep(stop.signal));
    return { election, identity, lines, keep };
  }
  const holder = async (name: string) => (await client.get(leaseResource, { name, namespace }))?.spec?.holderIdentity;

  it('lets one work and the others wait until it gives the lease back', async () => {
    const [first, second] = [candidate('handed-on'), candidate('handed-on')];
    expect(await first.election.acquire(stop.signal)).toBe(true);
    first.keep();
    first.election.assertHeld();
    const waiting = second.election.acquire(stop.signal);
    await waitFor('several renewals', async () => {
      const lease = await client.get(leaseResource, { name: 'handed-on', namespace });
      return Date.parse(lease?.spec?.renewTime ?? '') - Date.parse(lease?.spec?.acquireTime ?? '') > 2500;
    });
    expect(await holder('handed-on')).toBe(first.identity);
    expect(() => second.election.assertHeld()).toThrow(LeaseLost);
    const started = performance.now();
    await first.election.release(stop.signal);
    expect(await waiting).toBe(true);
    expect(performance.now() - started).toBeLessThan(1500);
    expect(await holder('handed-on')).toBe(second.identity);
    expect(() => first.election.assertHeld()).toThrow('we do not hold it');
  });

  it('takes the lease of a process that died, after its duration', async () => {
    const [dead, heir] = [candidate('inherited'), candidate('inherited')];
    await dead.election.acquire(stop.signal);
    const started = performance.now();
    expect(await heir.election.acquire(stop.signal)).toBe(true);
    expect(performance.now() - started).toBeGreaterThan(1900);
    expect(await client.get(leaseResource, { name: 'inherited', namespace })).toMatchObject({
      spec: { holderIdentity: heir.identity, leaseTransitions: 1, leaseDurationSeconds: 2 },
    });
  });

  it('loses the lease when somebody takes it by force', async () => {
    const { election, keep } = candidate('stolen');
    await election.acquire(stop.signal);
    keep();
    await client.mergePatch(leaseResource, { name: 'stolen', namespace }, { spec: { holderIdentity: 'thief' } });
    await waitFor('the loss', () => election.lostSignal.aborted);
    expect(election.lostSignal.reason).toEqual(new LeaseLost({ name: 'stolen', namespace }, 'thief holds it'));
    expect(await holder('stolen')).toBe('thief');
    await election.release(stop.signal);
    expect(await holder('stolen')).toBe('thief');
  });

  it('loses the lease when the API server is gone for as long as the renew deadline, before the others may take it', async () => {
    const own = runtimeClient({ url: cluster.url, ca: cluster.ca, token: cluster.adminToken });
    const { election, keep, lines } = candidate('cut-off', realClock, own.client);
    await election.acquire(stop.signal);
    keep();
    const started = performance.now();
    await own.connection.close();
    await waitFor('the loss', () => election.lostSignal.aborted);
    expect(performance.now() - started).toBeLessThan(1500);
    expect(election.lostSignal.reason).toHaveProperty('message', expect.stringContaining('not renewed for 1 s'));
    expect(lines.some(({ msg }) => msg === 'lease not renewed, trying again')).toBe(true);
  });

  it('notices at the next write that the event loop stood still for too long', async () => {
    let stalledMs = 0;
    const clock: Clock = { ...realClock, monotonic: () => realClock.monotonic() + stalledMs };
    const { election } = candidate('stalled', clock);
    await election.acquire(stop.signal);
    election.assertHeld();
    stalledMs = 1000;
    expect(() => election.assertHeld()).toThrow('not renewed for 1 s');
    expect(election.lostSignal.aborted).toBe(true);
  });

  it('shows who leads in its metric', async () => {
    const { election } = candidate('measured');
    const value = async () => /leader_election_master_status\{name="measured"\} (\d)/.exec(await metrics.text())?.[1];
    expect(await value()).toBe('0');
    await election.acquire(stop.signal);
    expect(await value()).toBe('1');
    await election.release(stop.signal);
    expect(await value()).toBe('0');
  });

  it('stops waiting when it is told to', async () => {
    const [first, second] = [candidate('given-up'), candidate('given-up')];
    await first.election.acquire(stop.signal);
    const abort = new AbortController();
    const waiting = second.election.acquire(abort.signal);
    await waitFor('its start', () => second.lines.some(({ msg }) => msg === 'waiting for the lease'));
    abort.abort();
    expect(await waiting).toBe(false);
    await first.election.release(stop.signal);
  });

  it('refuses times that leave no margin', () => {
    const { log } = logLines();
    const times = { durationSeconds: 10, renewDeadlineSeconds: 10 };
    const parts = {
      client,
      clock: realClock,
      random: realRandom,
      log,
      metrics,
      identity: 'us',
      lease: { name: 'bad', namespace },
    };
    expect(() => new LeaderElection({ ...parts, ...times })).toThrow(
      'duration 10 s must exceed the renew deadline 10 s',
    );
  });
});
