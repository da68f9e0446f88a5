import { inferenceConfigs, type InferenceConfig } from '../../definitions/inference/inference-config';
import { runEvents } from '../../definitions/names/inference';
import { ApiError } from '../runtime/api-error';
import type { ReconcileContext, ReconcileResult } from '../runtime/controller';
import type { EventRecorder } from '../runtime/events';
import { mergeDifference } from '../runtime/merge-difference';
import { keyOf, refOf, type ObjectKey } from '../runtime/object-key';
import { configVerdict } from './config-status';
import { isFinished } from './metrics';
import type { RunParts } from './run-pass';

export interface ConfigReconcilerParts extends RunParts {
  readonly events: EventRecorder;
}

/** Milliseconds between two writes that change nothing but the number of runs: runs that are made together would each cost one. */
const countEveryMs = 1_000;

/** Says on each InferenceConfig whether it can be used, and by how many runs it is. */
export class ConfigReconciler {
  /** When the number of runs was last written, by key, milliseconds of the monotonic clock. */
  private readonly countedAt = new Map<ObjectKey, number>();

  constructor(private readonly parts: ConfigReconcilerParts) {}

  /** One pass over one config. */
  readonly reconcile = async (key: ObjectKey, context: ReconcileContext): Promise<ReconcileResult> => {
    const { stores, settings, client, events } = this.parts;
    const config = stores.configs.get(key);
    if (config === undefined || config.metadata.deletionTimestamp !== undefined) {
      this.countedAt.delete(key);
      return {};
    }
    const { runnerImage = '' } = settings;
    const now = context.clock.now();
    const { status, notes } = configVerdict({ config, runnerImage, usedBy: this.users(key), now });
    const patch = mergeDifference(config.status, status);
    if (patch === undefined) return {};
    const waitMs = Object.keys(patch).join() === 'usedBy' ? this.waitFor(key, context) : 0;
    if (waitMs > 0) return { requeueAfterSeconds: waitMs / 1000 };
    this.countedAt.set(key, context.clock.monotonic());
    try {
      const written = await client.mergePatch(
        inferenceConfigs,
        refOf(key),
        { status: patch },
        {
          subresource: 'status',
          signal: context.signal,
          resourceVersion: config.metadata.resourceVersion,
        },
      );
      context.wrote(stores.configs, written);
      for (const note of notes) events.record(written, note);
    } catch (error) {
      // Changed or deleted meanwhile: the change brings the key back.
      if (!(error instanceof ApiError) || (error.status !== 409 && !error.isNotFound)) throw error;
    }
    return {};
  };

  /** Tells of a config that was deleted while runs need it: deletion is not held up, attempts go on with their Contracts. */
  readonly deleted = (config: InferenceConfig): void => {
    const users = this.users(keyOf(config));
    if (users === 0) return;
    const note = `the config was deleted while ${users} run${users === 1 ? '' : 's'} used it: running attempts go on, no new one begins`;
    this.parts.events.record(config, { type: 'Warning', reason: runEvents.configInUse, note });
  };

  private users(key: ObjectKey): number {
    return this.parts.stores.runsByConfig.get(key).filter(({ status }) => !isFinished(status ?? {})).length;
  }

  private waitFor(key: ObjectKey, { clock }: ReconcileContext): number {
    const last = this.countedAt.get(key);
    return last === undefined ? 0 : last + countEveryMs - clock.monotonic();
  }
}
