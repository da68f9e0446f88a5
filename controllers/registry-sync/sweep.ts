import type { RegistrySyncConfig } from '../../definitions/config/registry-sync';
import type { InferenceServiceRecord, ServingEnvironment } from '../model-registry/answers';
import { RegistryError } from '../model-registry/registry-error';
import type { Logger } from '../runtime/log';
import { environmentDescription } from './desired';
import { retirement } from './difference';
import type { Registries, RegistryInUse } from './registries';

/** What a sweep works with. */
export interface SweepParts {
  readonly config: RegistrySyncConfig;
  /** Whether an InferenceService of this uid is in the cluster now. */
  readonly exists: (uid: string) => boolean;
  readonly registries: Pick<Registries, 'all'>;
  readonly log: Logger;
}

/** `<name>/<uid>`, as we name records. */
const ourName = /^[^/]+\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * Marks records UNDEPLOYED whose InferenceService is gone without our having seen it: the finalizer was taken off by hand, or a deletion
 * was forced while no controller ran.
 *
 * Guarantees: only environments that carry our description and prefix are looked at, only names of our form, only uids that no
 * InferenceService of the cluster has.
 *
 * Caveat: registries are those in use since the process started.
 */
export class Sweep {
  constructor(private readonly parts: SweepParts) {}

  /** One sweep of every registry in use; one that fails does not keep the others waiting. */
  readonly run = async (signal: AbortSignal): Promise<void> => {
    for (const registry of this.parts.registries.all()) {
      try {
        await this.sweep(registry, signal);
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        this.parts.log.warn({ err: error, registry: registry.client.baseUrl }, 'sweep not completed');
      }
    }
  };

  private async sweep({ client }: RegistryInUse, signal: AbortSignal): Promise<void> {
    for await (const environment of client.listServingEnvironments(signal)) {
      if (!this.isOurs(environment)) continue;
      for await (const record of client.listInferenceServices(environment.id, signal)) {
        const patch = this.isLost(record) ? retirement(record) : undefined;
        if (patch === undefined) continue;
        await client.updateInferenceService(record.id, patch, signal);
        this.parts.log.info(
          { record: record.id, name: record.name, registry: client.baseUrl },
          'lost record marked UNDEPLOYED',
        );
      }
    }
  }

  private isOurs({ name, description }: ServingEnvironment): boolean {
    const { environmentPrefix } = this.parts.config;
    if (name === undefined || !name.startsWith(environmentPrefix)) return false;
    return description === environmentDescription(name.slice(environmentPrefix.length));
  }

  private isLost({ name }: InferenceServiceRecord): boolean {
    const uid = ourName.exec(name ?? '')?.[1];
    return uid !== undefined && !this.parts.exists(uid);
  }
}
