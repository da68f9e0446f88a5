import type { V1ConfigMap, V1Pod } from '@kubernetes/client-node';
import { inferenceConfigs, type InferenceConfig } from '../../definitions/inference/inference-config';
import { inferenceRuns, type InferenceRun } from '../../definitions/inference/inference-run';
import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { cronJobs, jobs, type StoredCronJob, type StoredJob } from '../../definitions/kubernetes/batch-resources';
import { configMaps, pods, type Stored } from '../../definitions/kubernetes/core-resources';
import { runController, runLabels } from '../../definitions/names/inference';
import { inferenceServices, type InferenceService } from '../../definitions/serving/inference-service';
import type { Manager } from '../runtime/manager';
import { keyOf, type ObjectKey } from '../runtime/object-key';
import type { Store } from '../runtime/store';
import type { StoreIndex } from '../runtime/store-index';
import { slimConfigMap, slimJob, slimPod, type RunnerPod } from './observed-objects';

/** A kind of objects that were made for runs. */
export interface MadeStore<T extends KubernetesObject> {
  readonly store: Store<T>;
  /** By the UID of their run. */
  readonly byRun: StoreIndex<T>;
}

/** Everything that is watched. */
export interface RunStores {
  readonly runs: Store<InferenceRun>;
  readonly runsByUid: StoreIndex<InferenceRun>;
  /** By the key of their config. */
  readonly runsByConfig: StoreIndex<InferenceRun>;
  readonly configs: Store<InferenceConfig>;
  readonly jobs: MadeStore<StoredJob>;
  readonly cronJobs: MadeStore<StoredCronJob>;
  readonly configMaps: MadeStore<Stored<V1ConfigMap>>;
  readonly pods: MadeStore<RunnerPod>;
  /** Absent where configs may not name InferenceServices. */
  readonly inferenceServices: Store<InferenceService> | undefined;
}

/** Key of the config that a run names; undefined for a run without spec, which upstream's schema admits. */
export function configKeyOf({ metadata, spec }: InferenceRun): ObjectKey | undefined {
  if (spec === undefined) return undefined;
  const { name, namespace = metadata.namespace ?? '' } = spec.configRef;
  return `${namespace}/${name}`;
}

/** Key of the InferenceService that a config names. */
export function serviceKeyOf({ metadata, spec }: InferenceConfig): ObjectKey | undefined {
  const reference = spec?.kserve?.inferenceServiceRef;
  if (reference === undefined) return undefined;
  return `${reference.namespace ?? metadata.namespace ?? ''}/${reference.name}`;
}

/**
 * Objects in one answer of a list. With what the API server adds, a Job or a pod has 8 KB, and a Contract can have 900: in pages of 500 the
 * start with 700 finished runs took 20 MB more, for good.
 */
const pageSize = 50;

/**
 * Asks the manager for the stores. What was made for runs is selected by the label that all of it carries.
 *
 * @param namespace @default all namespaces
 */
export function runStores(manager: Manager, namespace: string | undefined, withServices: boolean): RunStores {
  const where = namespace === undefined ? {} : { namespace };
  const ours = { ...where, labelSelector: `${runLabels.managedBy}=${runController}` };
  const runs = manager.store(inferenceRuns, where, { pageSize });
  return {
    runs,
    runsByUid: runs.index('uid', ({ metadata: { uid } }) => (uid === undefined ? [] : [uid])),
    runsByConfig: runs.index('config', (run) => [configKeyOf(run)].filter((key) => key !== undefined)),
    configs: manager.store(inferenceConfigs, where),
    jobs: made(manager.store(jobs, ours, { slim: slimJob, pageSize })),
    cronJobs: made(manager.store(cronJobs, ours, { pageSize })),
    configMaps: made(manager.store<Stored<V1ConfigMap>>(configMaps, ours, { slim: slimConfigMap, pageSize })),
    pods: made<RunnerPod>(manager.store<Stored<V1Pod>>(pods, ours, { slim: slimPod, pageSize })),
    inferenceServices: withServices ? manager.store(inferenceServices, where, { optional: true }) : undefined,
  };
}

function made<T extends KubernetesObject>(store: Store<T>): MadeStore<T> {
  return { store, byRun: store.index('run', (object) => runUidOf(object)) };
}

function runUidOf({ metadata: { labels } }: KubernetesObject): readonly string[] {
  const uid = labels?.[runLabels.runUid];
  return uid === undefined ? [] : [uid];
}

/** Keys of the run that an object was made for. */
export function keysOfMade(stores: Pick<RunStores, 'runsByUid'>, object: KubernetesObject): readonly ObjectKey[] {
  return runUidOf(object).flatMap((uid) => stores.runsByUid.get(uid).map(keyOf));
}
