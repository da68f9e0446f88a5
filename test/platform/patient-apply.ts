import { setTimeout as delay } from 'node:timers/promises';
import { causeText } from '../../controllers/runtime/cause-text';
import type { ClusterApplier } from './cluster-applier';
import type { Manifest } from './manifests';

/** Longest time that webhooks may not answer, milliseconds: with faults their process is started again after a lost lease. */
const answerMs = 60_000;

/** Time between two tries, milliseconds. */
const againMs = 200;

/** Applies an object that admission is asked about, again and again until the webhooks answer, as a GitOps tool does. */
export async function applyPatiently(applier: ClusterApplier, manifest: Manifest): Promise<void> {
  for (const deadline = Date.now() + answerMs; ; await delay(againMs)) {
    try {
      await applier.apply(manifest);
      return;
    } catch (error) {
      if (!causeText(error).includes('failed calling webhook') || Date.now() > deadline) throw error;
    }
  }
}
