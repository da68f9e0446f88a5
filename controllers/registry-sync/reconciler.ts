import type { V1Service } from '@kubernetes/client-node';
import type { RegistrySyncConfig } from '../../definitions/config/registry-sync';
import { services as serviceResource, type Stored } from '../../definitions/kubernetes/core-resources';
import { registryEvents, type RegistryEventReason } from '../../definitions/names/registry-events';
import { inferenceServices, type InferenceService } from '../../definitions/serving/inference-service';
import { RegistryError } from '../model-registry/registry-error';
import type { KubernetesClient } from '../runtime/client';
import type { Clock, Random } from '../runtime/clock';
import type { ReconcileContext, ReconcileResult } from '../runtime/controller';
import type { EventRecorder } from '../runtime/events';
import type { ObjectKey } from '../runtime/object-key';
import type { Store } from '../runtime/store';
import { hasFinalizer } from '../runtime/finalizers';
import { readBookkeeping } from './bookkeeping';
import { chooseRegistry, formerRegistry, isAllowedNamespace, type NoRegistry, type Registry } from './discovery';
import { inStep, type InStep } from './in-step';
import { isLinked, readLink, type Link } from './link';
import { syncLive } from './live';
import type { Registries } from './registries';
import { retire } from './retire';
import type { InferenceServiceEvents, Sync } from './sync';

/** What the reconciler works with. */
export interface RegistrySyncParts {
  readonly config: RegistrySyncConfig;
  readonly client: KubernetesClient;
  readonly inferenceServices: Store<InferenceService>;
  readonly registryServices: RegistryServiceList;
  readonly registries: Registries;
  readonly events: EventRecorder;
  /** Counts a warning by its reason. */
  readonly failed: (reason: RegistryEventReason) => void;
  readonly clock: Clock;
  readonly random: Random;
}

/** Services that carry the registry label, of one namespace or of all. */
export interface RegistryServiceList {
  list(namespace?: string): readonly Stored<V1Service>[];
}

/** Longest time until a failure that only its author can mend is looked at again, seconds. */
const slowRetrySeconds = 300;

/** Keeps one registry record in step with each InferenceService that asks for one, or that our finalizer holds. */
export class RegistrySyncReconciler {
  /** What was in step, or waits for its user, when last checked: events without a difference cost no request. */
  private readonly checked = new Map<ObjectKey, InStep>();
  /** Since when an InferenceService has been waiting to leave its former registry, milliseconds of the monotonic clock. */
  private readonly movingSince = new Map<ObjectKey, number>();

  constructor(private readonly parts: RegistrySyncParts) {}

  /** One reconcile of one key. */
  readonly reconcile = async (key: ObjectKey, context: ReconcileContext): Promise<ReconcileResult | void> => {
    const { config } = this.parts;
    const inferenceService = this.parts.inferenceServices.get(key);
    if (inferenceService === undefined) {
      this.forget(key);
      return;
    }
    const link = readLink(inferenceService, config);
    const held = hasFinalizer(inferenceService, config.keys.finalizer);
    const deleting = inferenceService.metadata.deletionTimestamp !== undefined;
    const wanted = isLinked(link) && !deleting;
    this.reportInvalidIds(inferenceService, link);
    if (!wanted && !held) {
      context.log.debug('no registry labels, skipped');
      return;
    }
    if (wanted) return this.keepInStep(key, inferenceService, link, context);
    this.forget(key);
    try {
      await retire(this.sync(key, inferenceService, link, context), await this.registryOf(link, context));
    } catch (error) {
      this.report(error, inferenceService);
      throw error;
    }
  };

  private async keepInStep(
    key: ObjectKey,
    inferenceService: InferenceService,
    link: Link,
    context: ReconcileContext,
  ): Promise<ReconcileResult> {
    const registry = await this.registryOf(link, context);
    const sync = this.sync(key, inferenceService, link, context);
    if ('reason' in registry) {
      sync.events.warning(registry.reason, registry.note);
      context.log.info({ reason: registry.reason }, 'no registry');
      return { requeueAfterSeconds: this.jittered(slowRetrySeconds) };
    }
    const { config, clock } = this.parts;
    const now = clock.monotonic();
    const before = this.checked.get(key);
    const left = before === undefined ? 0 : before.until - now;
    if (before !== undefined && left > 0 && before.fingerprint === inStep(inferenceService, link, registry, config)) {
      return { requeueAfterSeconds: left / 1000 };
    }
    if (registry.warning !== undefined) sync.events.warning(registry.warning.reason, registry.warning.note);
    let seconds: number;
    try {
      const outcome = await syncLive(sync, registry);
      seconds = this.jittered(outcome === 'in step' ? config.recheckSeconds : slowRetrySeconds);
      if (outcome === 'in step') this.movingSince.delete(key);
    } catch (error) {
      this.checked.delete(key);
      this.report(error, inferenceService);
      // What may pass comes back at the queue's back-off; what the registry rejects is tried slowly, or when it changes.
      if (!(error instanceof RegistryError) || error.failure !== 'rejected') throw error;
      context.log.warn({ err: error }, 'registry rejected the record');
      seconds = this.jittered(slowRetrySeconds);
    }
    const fingerprint = inStep(sync.inferenceService, readLink(sync.inferenceService, config), registry, config);
    this.checked.set(key, { fingerprint, until: now + seconds * 1000 });
    return { requeueAfterSeconds: seconds };
  }

  /** Tells the user why the registry is not in step. */
  private report(error: unknown, inferenceService: InferenceService): void {
    if (!(error instanceof RegistryError)) return;
    const wrong = error.failure === 'rejected' || error.failure === 'unauthorized';
    const reason = wrong ? registryEvents.rejected : registryEvents.unreachable;
    this.eventsOn(inferenceService).warning(reason, error.message);
  }

  /** ±10 %: what came in step at one time must not be checked at one time for ever. */
  private jittered(seconds: number): number {
    return seconds * (0.9 + 0.2 * this.parts.random.next());
  }

  private forget(key: ObjectKey): void {
    this.checked.delete(key);
    this.movingSince.delete(key);
  }

  private async registryOf(link: Link, context: ReconcileContext): Promise<Registry | NoRegistry> {
    const { registryServices, client, config } = this.parts;
    const labelled = registryServices.list(link.registryNamespace);
    const named = await this.namedService(client, labelled, link, context);
    const registry = chooseRegistry(link, { labelled, ...(named === undefined ? {} : { named }) }, config);
    if ('baseUrl' in registry)
      context.log.debug({ registry: registry.baseUrl, foundBy: registry.foundBy }, 'registry chosen');
    return registry;
  }

  /** The Service that the user named; one without the registry label is not watched and read on demand. */
  private async namedService(
    client: KubernetesClient,
    labelled: readonly Stored<V1Service>[],
    link: Link,
    context: ReconcileContext,
  ): Promise<Stored<V1Service> | undefined> {
    const { registryName: name, registryNamespace: namespace } = link;
    if (name === undefined || link.registryUrl !== undefined) return undefined;
    if (!isAllowedNamespace(namespace, this.parts.config)) return undefined;
    const watched = labelled.find(({ metadata }) => metadata.name === name);
    return watched ?? client.get(serviceResource, { namespace, name }, { signal: context.signal });
  }

  private sync(key: ObjectKey, inferenceService: InferenceService, link: Link, context: ReconcileContext): Sync {
    const { client, config, registries, registryServices } = this.parts;
    const remembered = readBookkeeping(inferenceService, config);
    const sync = {
      inferenceService,
      link,
      ...(remembered === undefined ? {} : { remembered }),
      config,
      registries,
      events: this.eventsOn(inferenceService),
      log: context.log,
      signal: context.signal,
      formerRegistry: (baseUrl: string) => formerRegistry(baseUrl, registryServices.list(), config),
      waitedMs: () => this.waitedMs(key, inferenceService, link),
      patch: async (patch: object) => {
        sync.inferenceService = await client.mergePatch(inferenceServices, context, patch, { signal: context.signal });
        context.wrote(this.parts.inferenceServices, sync.inferenceService);
      },
    };
    return sync;
  }

  /** One that only lost its labels waits until it is deleted: nothing is blocked by it. */
  private waitedMs(key: ObjectKey, { metadata }: InferenceService, link: Link): number {
    const { clock } = this.parts;
    if (metadata.deletionTimestamp !== undefined) return clock.now() - Date.parse(metadata.deletionTimestamp);
    if (!isLinked(link)) return 0;
    const now = clock.monotonic();
    const since = this.movingSince.get(key) ?? now;
    this.movingSince.set(key, since);
    return now - since;
  }

  private eventsOn(inferenceService: InferenceService): InferenceServiceEvents {
    const { events, failed } = this.parts;
    return {
      normal: (reason, note) => events.record(inferenceService, { type: 'Normal', reason, note }),
      warning: (reason, note) => {
        failed(reason);
        events.record(inferenceService, { type: 'Warning', reason, note });
      },
    };
  }

  private reportInvalidIds(inferenceService: InferenceService, link: Link): void {
    if (link.invalidIds.length === 0) return;
    const note = `Not a numeric id: ${link.invalidIds.join(', ')}.`;
    this.eventsOn(inferenceService).warning(registryEvents.rejected, note);
  }
}
