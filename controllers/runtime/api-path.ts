import type { ApiResource } from '../../definitions/kubernetes/api-resource';
import type { ObjectRef } from './object-key';

/** Values of a query string; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Path of a kind's objects: all of them, or those of one namespace. */
export function collectionPath(resource: ApiResource, namespace?: string): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  return namespace === undefined
    ? `${root}/${resource.plural}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${resource.plural}`;
}

/**
 * Path of one object, or of a subresource of it.
 *
 * @throws Error when the namespace does not fit the kind's scope: the server would only say "404 page not found"
 */
export function objectPath(resource: ApiResource, ref: ObjectRef, subresource?: string): string {
  requireScope(resource, ref.namespace);
  const path = `${collectionPath(resource, ref.namespace)}/${encodeURIComponent(ref.name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** @throws Error when a namespaced kind is addressed without namespace, or a cluster-scoped one with it */
export function requireScope(resource: ApiResource, namespace: string | undefined): void {
  if (resource.scope === 'Namespaced' && namespace === undefined) {
    throw new Error(`addressing ${resource.plural}: the kind is namespaced, give a namespace`);
  }
  if (resource.scope === 'Cluster' && namespace !== undefined) {
    throw new Error(`addressing ${resource.plural}: the kind is cluster-scoped, but namespace ${namespace} was given`);
  }
}

/** `?a=1&b=2`, or nothing. */
export function queryString(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') params.set(name, String(value));
  }
  return params.size === 0 ? '' : `?${params.toString()}`;
}

/** `services/iris in ml-models`, `namespaces/ml-models`. */
export function objectName(resource: ApiResource, ref: ObjectRef, subresource?: string): string {
  const name = `${resource.plural}/${ref.name}${subresource === undefined ? '' : `/${subresource}`}`;
  return ref.namespace === undefined ? name : `${name} in ${ref.namespace}`;
}

/** `services in ml-models`, `services in all namespaces`, `namespaces`. */
export function collectionName(resource: ApiResource, namespace: string | undefined): string {
  if (resource.scope === 'Cluster') return resource.plural;
  return `${resource.plural} in ${namespace ?? 'all namespaces'}`;
}
