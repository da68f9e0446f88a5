import { setTimeout as delay } from 'node:timers/promises';
import type { KubernetesClient } from '../../controllers/runtime/client';
import type { ApiResource, KubernetesObject } from '../../definitions/kubernetes/api-resource';
import {
  deployments,
  horizontalPodAutoscalers,
  ingresses,
  pods,
  services,
} from '../../definitions/kubernetes/core-resources';
import { inferenceServiceLabel } from '../../definitions/names/serving';
import { inferenceServices } from '../../definitions/serving/inference-service';
import type { Manifest } from './manifests';

/** Kinds that are made for an InferenceService, and by whom. */
const childKinds: readonly ApiResource<KubernetesObject>[] = [
  deployments,
  services,
  horizontalPodAutoscalers,
  ingresses,
  pods,
];

/** Longest time until the garbage collector has taken away what an object owned, milliseconds: it learns of new kinds every half minute. */
const collectedMs = 60_000;

/** Time between two looks, milliseconds. */
const lookAgainMs = 100;

/** What was made for an InferenceService and is there, as `Kind namespace/name`. */
export async function childrenOf(
  client: KubernetesClient,
  { name, namespace = '' }: { readonly name: string; readonly namespace?: string },
): Promise<readonly string[]> {
  const lists = childKinds.map(async (resource) => {
    const { items } = await client.list(resource, { namespace });
    return items
      .filter(({ metadata }) => belongs(metadata, name))
      .map(({ metadata }) => `${resource.kind} ${namespace}/${metadata.name}`);
  });
  return (await Promise.all(lists)).flat();
}

/** Waits until nothing is left of what was made for the InferenceServices among the objects, for a minute. @returns what then is left */
export async function childrenLeftOf(
  client: KubernetesClient,
  objects: readonly Manifest[],
): Promise<readonly string[]> {
  const owners = objects.filter(({ kind }) => kind === inferenceServices.kind).map(({ metadata }) => metadata);
  for (const deadline = Date.now() + collectedMs; ; await delay(lookAgainMs)) {
    const left = (await Promise.all(owners.map((owner) => childrenOf(client, owner)))).flat();
    if (left.length === 0 || Date.now() > deadline) return left;
  }
}

/** Ingresses carry no label of their InferenceService: all name their owner, but pods, whose owner is a ReplicaSet. */
function belongs({ labels, ownerReferences = [] }: KubernetesObject['metadata'], name: string): boolean {
  const owned = ownerReferences.some((owner) => owner.kind === inferenceServices.kind && owner.name === name);
  return owned || labels?.[inferenceServiceLabel] === name;
}
