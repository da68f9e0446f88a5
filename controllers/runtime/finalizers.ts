import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';

/** JSON merge patch that changes the finalizers of the object it was made from, and of no later state of it. */
export interface FinalizersPatch {
  readonly metadata: {
    readonly finalizers: readonly string[];
    /** A merge patch replaces the whole list: without this a finalizer that somebody added meanwhile would be lost. */
    readonly resourceVersion?: string;
  };
}

/** Whether a finalizer holds the object. */
export function hasFinalizer({ metadata }: KubernetesObject, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) ?? false;
}

/** Patch that adds a finalizer. The API server refuses it (409) when the object has changed, and while it is being deleted. */
export function withFinalizer({ metadata }: KubernetesObject, finalizer: string): FinalizersPatch {
  return patch(metadata, [...(metadata.finalizers ?? []), finalizer]);
}

/** Patch that takes a finalizer away. The API server refuses it (409) when the object has changed. */
export function withoutFinalizer({ metadata }: KubernetesObject, finalizer: string): FinalizersPatch {
  const finalizers = (metadata.finalizers ?? []).filter((name) => name !== finalizer);
  return patch(metadata, finalizers);
}

function patch({ resourceVersion }: KubernetesObject['metadata'], finalizers: readonly string[]): FinalizersPatch {
  return { metadata: { finalizers, ...(resourceVersion === undefined ? {} : { resourceVersion }) } };
}
