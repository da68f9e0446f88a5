import type { V1ConfigMap, V1Pod } from '@kubernetes/client-node';
import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import type { StoredJob } from '../../definitions/kubernetes/batch-resources';
import type { Stored } from '../../definitions/kubernetes/core-resources';
import { runLabels, scheduledAttempt } from '../../definitions/names/inference';

/** A pod of a runner; its spec is not kept. */
export type RunnerPod = Stored<Pick<V1Pod, 'status'>>;

/** Number of the attempt that an object was made for; undefined for those of a scheduled run. */
export function attemptOf({ metadata: { labels } }: KubernetesObject): number | undefined {
  const text = labels?.[runLabels.attempt];
  if (text === undefined || text === scheduledAttempt || !/^[1-9][0-9]{0,8}$/.test(text)) return undefined;
  return Number(text);
}

/** UID of the object that controls another one. */
export function controllerUidOf({ metadata }: KubernetesObject): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}

/** Names of the ConfigMaps that the pods of a template mount. */
export function mountedConfigMaps(spec: StoredJob['spec']): readonly string[] {
  return (spec?.template.spec?.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
}

/** Keeps of a pod what is read. */
export function slimPod(pod: Stored<V1Pod>): void {
  Reflect.deleteProperty(pod, 'spec');
}

/** Keeps of a Job's spec what is read: whether it is held back, and the volumes of its pods. */
export function slimJob(job: StoredJob): void {
  if (job.spec === undefined) return;
  const { suspend, template } = job.spec;
  const { volumes } = template.spec ?? {};
  const pod = { containers: [], ...(volumes === undefined ? {} : { volumes }) };
  // A new object: one whose members were deleted is as large as before.
  Object.assign(job, { spec: { ...(suspend === undefined ? {} : { suspend }), template: { spec: pod } } });
}

/** Contracts can be as large as a ConfigMap; they are read again when they are needed. */
export function slimConfigMap(configMap: Stored<V1ConfigMap>): void {
  Reflect.deleteProperty(configMap, 'data');
  Reflect.deleteProperty(configMap, 'binaryData');
}
