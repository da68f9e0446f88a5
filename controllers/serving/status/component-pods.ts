import type { V1Pod } from '@kubernetes/client-node';
import type { Stored } from '../../../definitions/kubernetes/core-resources';

export type ComponentPod = Stored<V1Pod>;

/** Label by which Deployments tell pods of one revision from those of another. */
const revisionLabel = 'pod-template-hash';

/**
 * Pods that are to stay, the newest first, then by name: the same pods always give the same order, however old they are. A pod that is
 * being deleted says nothing about the model: its containers end with errors because they are told to end.
 */
export function newestFirst(pods: readonly ComponentPod[]): readonly ComponentPod[] {
  return pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .toSorted((one, other) => {
      const [age, otherAge] = [one.metadata.creationTimestamp ?? '', other.metadata.creationTimestamp ?? ''];
      if (age !== otherAge) return age < otherAge ? 1 : -1;
      return one.metadata.name < other.metadata.name ? -1 : 1;
    });
}

/** Pods of the newest pod's revision, in their order: those before it are on their way out, whatever became of them. */
export function newestRevision(pods: readonly ComponentPod[]): readonly ComponentPod[] {
  const sorted = newestFirst(pods);
  const revision = sorted[0]?.metadata.labels?.[revisionLabel];
  return sorted.filter(({ metadata }) => metadata.labels?.[revisionLabel] === revision);
}

/** Whether a pod runs and takes requests. */
export function takesRequests({ status }: ComponentPod): boolean {
  return (
    status?.phase === 'Running' && (status.conditions ?? []).some((c) => c.type === 'Ready' && c.status === 'True')
  );
}
