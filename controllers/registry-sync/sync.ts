import type { RegistrySyncConfig } from '../../definitions/config/registry-sync';
import type { RegistryEventReason } from '../../definitions/names/registry-events';
import type { InferenceService } from '../../definitions/serving/inference-service';
import type { Logger } from '../runtime/log';
import type { Bookkeeping, MetadataPatch } from './bookkeeping';
import type { NoRegistry, Registry } from './discovery';
import type { Link } from './link';
import type { Registries } from './registries';

/** Tells the user on the InferenceService what happened. */
export interface InferenceServiceEvents {
  normal(reason: RegistryEventReason, note: string): void;
  warning(reason: RegistryEventReason, note: string): void;
}

/** One reconcile of one InferenceService: what was read, and the few things it may do. */
export interface Sync {
  /** As last stored: replaced by the answer to each of our own patches. */
  readonly inferenceService: InferenceService;
  readonly link: Link;
  readonly remembered?: Bookkeeping;
  readonly config: RegistrySyncConfig;
  readonly registries: Registries;
  readonly events: InferenceServiceEvents;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** The registry at an address that was remembered, as far as it may be used. */
  formerRegistry(baseUrl: string): Registry | NoRegistry;
  /** Milliseconds for which the InferenceService has been waiting for its former registry: since its deletion, or since we saw it move. */
  waitedMs(): number;
  /** Writes metadata of the InferenceService. */
  patch(patch: MetadataPatch): Promise<void>;
}
