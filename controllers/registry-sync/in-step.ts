import type { RegistrySyncConfig } from '../../definitions/config/registry-sync';
import type { InferenceService } from '../../definitions/serving/inference-service';
import { desiredRecord } from './desired';
import type { Registry } from './discovery';
import type { Link } from './link';

/** An InferenceService for which nothing could be done any more, and until when that is believed without asking again. */
export interface InStep {
  /** Everything that decides the record: nothing needs to be done while it stays the same. */
  readonly fingerprint: string;
  /** Milliseconds of the monotonic clock. */
  readonly until: number;
}

/** Fingerprint of what an InferenceService asks of a registry; one made again under its name has another uid in it. */
export function inStep(
  inferenceService: InferenceService,
  link: Link,
  registry: Registry,
  config: RegistrySyncConfig,
): string {
  const annotation = inferenceService.metadata.annotations?.[config.keys.recordAnnotation];
  const finalizer = inferenceService.metadata.finalizers?.includes(config.keys.finalizer);
  return JSON.stringify([desiredRecord(inferenceService, link, config), link, registry.baseUrl, annotation, finalizer]);
}
