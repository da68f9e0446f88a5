import type { V1ListMeta, V1ObjectMeta } from '@kubernetes/client-node';

/**
 * An object as the API server returns it: always named. Times are RFC 3339 strings (client-node's classes say `Date`,
 * which only its own deserializer produces; we read JSON as it comes).
 */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

/** Metadata of a stored object, with the members that every stored object has. */
export interface ObjectMeta extends Omit<V1ObjectMeta, 'creationTimestamp' | 'deletionTimestamp' | 'managedFields'> {
  readonly name: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
}

/** A list page as the API server returns it. */
export interface KubernetesList<T extends KubernetesObject> {
  readonly metadata: Omit<V1ListMeta, 'selfLink'>;
  readonly items: readonly T[];
}

/**
 * Names one kind of the Kubernetes API: what a client needs to address it and a chart needs to render it. The type
 * parameter carries the TypeScript type of its objects; it has no value at run time.
 */
export interface ApiResource<T extends KubernetesObject = KubernetesObject> {
  /** API group, `''` for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Lower-case plural as in URLs and RBAC rules, for example `inferenceservices`. */
  readonly plural: string;
  readonly scope: 'Namespaced' | 'Cluster';
  /** Type carrier only, never set. */
  readonly objectType?: T;
}

/** `apiVersion` of a resource: `v1` for the core group, else `group/version`. */
export function apiVersionOf(resource: Pick<ApiResource, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}
