import type { Dispatcher } from 'undici';
import type { RegistrySyncConfig } from '../../definitions/config/registry-sync';
import { CircuitBreaker } from '../model-registry/circuit-breaker';
import { RegistryClient } from '../model-registry/registry-client';
import type { RegistryTransportOptions } from '../model-registry/registry-transport';
import { ServingEnvironments } from '../model-registry/serving-environments';
import type { Registry } from './discovery';
import { KnownModels } from './models';

/** One registry in use: its client and what is remembered about it. */
export interface RegistryInUse {
  readonly client: RegistryClient;
  readonly environments: ServingEnvironments;
  readonly models: KnownModels;
}

/** What all registries have in common. */
export interface RegistriesOptions {
  readonly config: RegistrySyncConfig;
  readonly dispatcher: Dispatcher;
  /** Reads our token; it rotates, so it is asked for each request. Absent outside of a cluster. */
  readonly token?: () => Promise<string>;
  readonly userAgent: string;
  readonly now: () => number;
  readonly observe: NonNullable<RegistryTransportOptions['observe']>;
  /** Refuses writes once another process may hold the lease. */
  readonly beforeWrite?: () => void;
}

/** The registries in use, by address and whether they get our token. */
export class Registries {
  private readonly inUse = new Map<string, RegistryInUse>();

  constructor(private readonly options: RegistriesOptions) {}

  /** All that were used since the start. */
  all(): Iterable<RegistryInUse> {
    return this.inUse.values();
  }

  at(registry: Registry): RegistryInUse {
    const key = `${registry.baseUrl} ${registry.sendToken}`;
    const known = this.inUse.get(key);
    if (known !== undefined) return known;
    const { config, dispatcher, token, userAgent, now, observe, beforeWrite } = this.options;
    const client = new RegistryClient({
      baseUrl: registry.baseUrl,
      apiVersion: config.registry.apiVersion,
      dispatcher,
      requestTimeoutMs: config.registry.requestTimeoutSeconds * 1000,
      ...(registry.sendToken && token !== undefined ? { token } : {}),
      userAgent,
      circuit: new CircuitBreaker(now),
      ...(beforeWrite === undefined ? {} : { beforeWrite }),
      now,
      observe,
    });
    const made = { client, environments: new ServingEnvironments(client), models: new KnownModels(client, now) };
    this.inUse.set(key, made);
    return made;
  }
}
