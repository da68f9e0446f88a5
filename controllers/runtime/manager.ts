import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { ApiResource, KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { listen, type BindAddress } from './bind-address';
import { causeText } from './cause-text';
import type { KubernetesClient, Selection } from './client';
import { withDeadline } from './deadline';
import type { Controller, ControllerEnvironment } from './controller';
import { healthServer, type HealthCheck } from './health';
import type { LeaderElection } from './leader-election';
import type { ManagedServer } from './managed-server';
import { metricsServer } from './metrics-server';
import { runPeriodic, type Periodic } from './periodic';
import { Reflector } from './reflector';
import { Store } from './store';

export interface ManagerOptions extends ControllerEnvironment {
  readonly client: KubernetesClient;
  /** @default no health probes */
  readonly health?: BindAddress | undefined;
  readonly metricsEndpoint?: MetricsEndpoint | undefined;
  /** @default controllers start without a lease */
  readonly leaderElection?: LeaderElection | undefined;
  /** Called before the process ends with a lost lease: closes the connections, so that nothing more leaves. */
  readonly cutOff?: () => void;
  /** Runs when all work has ended and requests are still possible: flushes events. */
  readonly afterWork?: () => Promise<void>;
  /** Seconds that work in progress has after a stop. @default 30 */
  readonly gracefulStopSeconds?: number;
  /** Seconds of silence after which a watch counts as dead. @default 90 */
  readonly watchIdleSeconds?: number;
}

/** Where metrics are served. */
export interface MetricsEndpoint {
  readonly address: BindAddress;
  /** Makes the server; @default plain HTTP */
  readonly server?: () => Server | TlsServer;
}

/** How a kind is watched. */
export interface StoreOptions<T extends KubernetesObject> {
  /** The kind may be absent from the cluster: the start does not wait for it, and it is taken up when it appears. @default false */
  readonly optional?: boolean;
  /** Takes from each object what nobody reads, before it is kept. */
  readonly slim?: (object: T) => void;
  /** Objects in one answer of a list: fewer where they are large, since an answer is in memory as a whole. @default 500 */
  readonly pageSize?: number;
}

/** A kind that is watched. */
interface Watched {
  readonly what: string;
  /** Nobody waits for it to be listed. */
  readonly optional: boolean;
  readonly store: Store<KubernetesObject>;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/**
 * Runs controllers: one watch per kind, servers, lease, stop.
 *
 * Order of start: servers, reflectors, then (all stores listed) the lease, then controllers. An API server that can't be
 * reached and a kind whose CRD is missing are waited for, unready. Readiness does not need the lease: a pod that waits for
 * it is fine.
 *
 * Guarantees: controllers that ask for one kind with one selection share one watch and one store; after `run` has settled nothing is
 * written any more.
 *
 * Caveat: stores are asked for before `run`; later ones are not watched.
 */
export class Manager {
  private readonly watched = new Map<string, Watched>();
  private readonly controllers: Controller<KubernetesObject>[] = [];
  private readonly periodic: Periodic[] = [];
  private readonly servers: ManagedServer[] = [];
  private readonly readiness: HealthCheck[] = [() => this.notListed()];

  constructor(private readonly options: ManagerOptions) {}

  /**
   * The store of a kind: asked for again with the same selection it is the same one, and one watch, with the options that it was asked
   * for first.
   */
  store<T extends KubernetesObject>(
    resource: ApiResource<T>,
    selection: Selection = {},
    { optional = false, slim, pageSize }: StoreOptions<T> = {},
  ): Store<T> {
    const { client, clock, random, log, metrics, watchIdleSeconds } = this.options;
    const { namespace, labelSelector, fieldSelector } = selection;
    const what = [resource.plural, resource.group, resource.version, namespace, labelSelector, fieldSelector].join('|');
    const known = this.watched.get(what);
    // The key holds the resource: the store was made for the same type.
    if (known !== undefined) return known.store as Store<T>;
    const store = new Store<T>((error) => {
      metrics.handlerErrors.inc({ resource: resource.plural });
      log.error({ err: error, resource: resource.plural }, 'handler of a store event failed');
    });
    metrics.handlerErrors.inc({ resource: resource.plural }, 0);
    const reflector = new Reflector<T>({
      resource,
      selection,
      store,
      client,
      clock,
      random,
      log,
      metrics,
      ...(slim === undefined ? {} : { slim }),
      ...(pageSize === undefined ? {} : { pageSize }),
      ...(watchIdleSeconds === undefined ? {} : { idleSeconds: watchIdleSeconds }),
    });
    this.watched.set(what, { what: resource.plural, optional, store, run: (signal) => reflector.run(signal) });
    return store;
  }

  /** Adds a controller; it starts when the stores are listed and the lease is ours. */
  add<T extends KubernetesObject>(controller: Controller<T>): void {
    controller.announce(this.options.metrics);
    this.controllers.push(controller);
  }

  /** Adds a server; it listens from the start, whoever holds the lease, until all work has ended. */
  addServer(server: ManagedServer): void {
    this.servers.push(server);
    this.readiness.push(() => server.notReady());
  }

  /**
   * Adds work that is done every so often (± 10 %) while the lease is ours, for the first time one interval after the start. An error is
   * logged, and the work done again after the next interval.
   */
  addPeriodic(name: string, seconds: number, work: (signal: AbortSignal) => Promise<void>): void {
    this.periodic.push({ name, seconds, work });
  }

  /** Adds a condition of readiness. */
  addReadyCheck(check: HealthCheck): void {
    this.readiness.push(check);
  }

  /**
   * Runs until `stop` aborts.
   *
   * @returns the exit code of the process: 0 after a graceful stop, 1 when work did not end in time or the lease was lost.
   * The caller must exit with it at once.
   * @throws Error when a server can't listen
   */
  async run(stop: AbortSignal): Promise<number> {
    const { leaderElection, log } = this.options;
    const servers = await this.listen();
    const reading = new AbortController();
    const reflectors = Promise.all([...this.watched.values()].map(({ run }) => run(reading.signal)));
    const serving = Promise.all(this.servers.map(async (server) => server.run?.(reading.signal)));
    try {
      await this.allListed(stop);
      if (leaderElection === undefined) return await this.work(stop, undefined);
      if (stop.aborted || !(await leaderElection.acquire(stop))) return 0;
      return await this.work(stop, leaderElection);
    } finally {
      const lost = leaderElection?.lostSignal.aborted === true;
      if (!lost) await Promise.all(this.servers.map((server) => server.close()));
      reading.abort();
      if (!lost) await Promise.all([reflectors, serving]);
      for (const server of servers) server.close();
      for (const server of servers) server.closeAllConnections();
      log.info('stopped');
    }
  }

  private async work(stop: AbortSignal, lease: LeaderElection | undefined): Promise<number> {
    const { log, afterWork, gracefulStopSeconds = 30 } = this.options;
    const abort = new AbortController();
    const keeping = new AbortController();
    const kept = lease?.keep(keeping.signal);
    const lost = lease === undefined ? undefined : whenAborted(lease.lostSignal);
    const working = Promise.all([
      ...this.controllers.map((controller) => controller.run(this.options, stop, abort.signal)),
      ...this.periodic.map((periodic) => runPeriodic(periodic, this.options, stop, abort.signal)),
    ]);
    log.info({ controllers: this.controllers.map(({ name }) => name) }, 'controllers started');

    const stopped = Promise.all([whenAborted(stop), working]);
    const ended = await Promise.race([
      this.within(stop, stopped, gracefulStopSeconds, abort.signal),
      ...(lost === undefined ? [] : [lost.then(() => 'lost' as const)]),
    ]);
    abort.abort(new Error('the process is stopping'));
    if (ended === 'lost') {
      this.options.cutOff?.();
      log.fatal({ cause: causeText(lease?.lostSignal.reason) }, 'lease lost, ending at once');
      return 1;
    }
    if (ended === 'late') log.error({ seconds: gracefulStopSeconds }, 'work did not end in time, aborting it');
    await afterWork?.();
    keeping.abort();
    await kept;
    // Work that did not end may still write: the lease must run out by itself.
    if (ended === 'done') await lease?.release(new AbortController().signal);
    return ended === 'done' ? 0 : 1;
  }

  /** `done` when the work has ended, `late` when it has not, this many seconds after the stop, or when it is cut short. */
  private async within(
    stop: AbortSignal,
    work: Promise<unknown>,
    seconds: number,
    cutShort: AbortSignal,
  ): Promise<'done' | 'late'> {
    await whenAborted(stop);
    return withDeadline(this.options.clock, seconds * 1000, cutShort, async (signal) => {
      return Promise.race([work.then(() => 'done' as const), whenAborted(signal).then(() => 'late' as const)]);
    });
  }

  private async listen(): Promise<(Server | TlsServer)[]> {
    const { health, metricsEndpoint, metrics, log } = this.options;
    const servers: (Server | TlsServer)[] = [];
    try {
      if (health !== undefined) {
        const server = healthServer(this.readiness);
        log.info({ address: await listen(server, health, 'health probes') }, 'health probes listening');
        servers.push(server);
      }
      if (metricsEndpoint !== undefined) {
        const server = metricsEndpoint.server?.() ?? metricsServer(metrics);
        log.info({ address: await listen(server, metricsEndpoint.address, 'metrics') }, 'metrics listening');
        servers.push(server);
      }
      for (const server of this.servers) {
        log.info({ address: await server.listen() }, `${server.name} listening`);
      }
    } catch (error) {
      for (const server of servers) server.close();
      throw error;
    }
    return servers;
  }

  private async allListed(stop: AbortSignal): Promise<void> {
    const stores = this.needed().map(({ store }) => store.whenListed());
    await Promise.race([Promise.all(stores), whenAborted(stop)]);
    if (!stop.aborted) this.options.log.info({ resources: this.needed().map(({ what }) => what) }, 'caches listed');
  }

  /** What has to be listed before anything is done. */
  private needed(): readonly Watched[] {
    return [...this.watched.values()].filter(({ optional }) => !optional);
  }

  private notListed(): string | undefined {
    const missing = this.needed()
      .filter(({ store }) => !store.listed)
      .map(({ what }) => what);
    return missing.length === 0 ? undefined : `not listed yet: ${missing.join(', ')}`;
  }
}

async function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
