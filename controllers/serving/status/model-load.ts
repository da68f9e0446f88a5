import { containerNames, inferenceServiceLabel, servingLabels } from '../../../definitions/names/serving';
import type { StoreHandler } from '../../runtime/store';
import type { ComponentPod } from './component-pods';

/**
 * Seconds from the start of the download, or of the model server where nothing is downloaded, until the pod took requests; whole
 * seconds, as Kubernetes has no finer ones.
 *
 * @returns undefined as long as the pod does not take requests
 */
export function modelLoadSeconds({ status }: ComponentPod): number | undefined {
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = status ?? {};
  const ready = conditions.find(({ type }) => type === 'Ready');
  const main = containerStatuses.find(({ name }) => name === containerNames.main);
  if (ready?.status !== 'True' || main?.state?.running === undefined) return undefined;
  const download = initContainerStatuses.find(({ name }) => name === containerNames.storageInitializer);
  // After a crash the files are still there: only the server loads again.
  const fromDownload = main.restartCount === 0 ? download?.state?.terminated?.startedAt : undefined;
  const from = millisecondsOf(fromDownload) ?? millisecondsOf(main.state.running.startedAt);
  const until = millisecondsOf(ready.lastTransitionTime);
  return from === undefined || until === undefined ? undefined : Math.max(0, until - from) / 1000;
}

/** @param time a string at run time, whatever its type says */
function millisecondsOf(time: Date | null | undefined): number | undefined {
  const ms = time == null ? Number.NaN : new Date(time).getTime();
  return Number.isNaN(ms) ? undefined : ms;
}

/** Told of each load of a model, as labels and a value of a histogram. */
export type LoadObserver = (labels: { readonly namespace: string; readonly name: string }, seconds: number) => void;

/**
 * Sees from pods how long their models took to load.
 *
 * Guarantee: each predictor pod counts once, when it takes requests for the first time; a probe that fails for a while is no new load.
 *
 * Caveat: pods that took requests before this process has seen them don't count: when they began to is no longer known for sure.
 */
export class ModelLoads implements StoreHandler<ComponentPod> {
  /** uids of pods whose load has been counted, or can't be. */
  private readonly loaded = new Set<string>();

  constructor(private readonly observe: LoadObserver) {}

  added(pod: ComponentPod, initial: boolean): void {
    if (!initial) this.look(pod);
    else if (modelLoadSeconds(pod) !== undefined) this.loaded.add(pod.metadata.uid ?? '');
  }

  updated(pod: ComponentPod): void {
    this.look(pod);
  }

  deleted({ metadata }: ComponentPod): void {
    this.loaded.delete(metadata.uid ?? '');
  }

  private look(pod: ComponentPod): void {
    const { labels, namespace, uid = '' } = pod.metadata;
    const name = labels?.[inferenceServiceLabel] ?? '';
    if (name === '' || namespace === undefined || labels?.[servingLabels.component] !== 'predictor') return;
    const seconds = this.loaded.has(uid) ? undefined : modelLoadSeconds(pod);
    if (seconds === undefined) return;
    this.loaded.add(uid);
    this.observe({ namespace, name }, seconds);
  }
}
