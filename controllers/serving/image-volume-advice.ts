import { servingEvents } from '../../definitions/names/serving-conditions';
import type { InferenceService } from '../../definitions/serving/inference-service';
import type { EventNote } from '../runtime/events';
import { ConfigMissing, ConfigUnusable, type LiveConfig } from './config/live-config';
import { missingImageVolumeSupport } from './image-volume-support';
import type { ServerVersion } from './kubernetes-version';
import { configuredOciMode, type OciMode } from './pod-mutation/oci/oci-mode';

/**
 * Says on InferenceServices what the cluster lacks for image volumes where these are the platform's way to bring models: upstream's
 * condition `OciImageVolumeCompatible`, as an event, for while a condition is False GitOps tools wait although the service is ready.
 *
 * It is told once for each generation of an object, and again when it has become another; a restart is no reason to tell it again.
 */
export class ImageVolumeAdvice {
  /** What is told at present. */
  private told: { readonly message: string | undefined; readonly sinceStart: boolean } | undefined;
  /** Generations that were told so, by uid. */
  private readonly generations = new Map<string, number>();

  constructor(
    private readonly config: LiveConfig,
    private readonly version: Pick<ServerVersion, 'current'>,
  ) {}

  /** @param inferenceService as it was when its pass began: its status tells whether this generation is new */
  async noteFor({ metadata, status }: InferenceService): Promise<EventNote | undefined> {
    const { uid = '', generation = 0 } = metadata;
    const finding = await this.finding();
    if (finding === 'unknown') return undefined;
    const { message } = finding;
    if (this.told === undefined || this.told.message !== message) {
      this.told = { message, sinceStart: this.told === undefined };
      this.generations.clear();
    }
    if (message === undefined) return undefined;
    const observed = this.told.sinceStart ? status?.observedGeneration : undefined;
    const last = this.generations.get(uid) ?? observed;
    this.generations.set(uid, generation);
    return last === generation ? undefined : { type: 'Normal', reason: servingEvents.ociImageVolume, note: message };
  }

  /** Forgets an InferenceService that is gone. */
  forget(uid: string): void {
    this.generations.delete(uid);
  }

  private async finding(): Promise<{ readonly message: string | undefined } | 'unknown'> {
    const mode = this.mode();
    if (mode !== 'native') return mode === 'unknown' ? mode : { message: undefined };
    const version = await this.version.current();
    return version === undefined ? 'unknown' : { message: missingImageVolumeSupport(version) };
  }

  private mode(): OciMode | 'unknown' | undefined {
    try {
      return configuredOciMode(this.config.document('storageInitializer'));
    } catch (error) {
      if (error instanceof ConfigUnusable || error instanceof ConfigMissing) return 'unknown';
      throw error;
    }
  }
}
