import { ApiObject } from 'cdk8s';
import type { Component } from '../kubernetes/component';
import { groupOf, kindFacts } from '../kubernetes/kinds';
import { isMap, type JsonMap, toManifest } from '../kubernetes/manifest';

/** A kind that a component renders. */
export interface ContentKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly scope: 'Cluster' | 'Namespaced';
  /** Specifications of its objects, as far as they have one, and rules of roles. */
  readonly objects: readonly JsonMap[];
}

/** What GitOps objects have to know of a component. */
export interface ComponentContent {
  /** Folder below the environment's. */
  readonly directory: string;
  /** By group and name. */
  readonly kinds: readonly ContentKind[];
  /** Namespaces of its objects, and those that it brings, by name. */
  readonly namespaces: readonly string[];
}

/** Kinds whose objects {@link ContentKind.objects} holds: those whose fields decide what others write into them. */
const lookedInto = new Set(['ClusterRole', 'HorizontalPodAutoscaler', 'ScaledObject', 'CustomResourceDefinition']);

/** Looks at the objects of a component that is complete. */
export function componentContent({ directory, node }: Component): ComponentContent {
  const kinds = new Map<string, ContentKind>();
  const namespaces = new Set<string>();
  for (const object of node.findAll().filter((construct) => ApiObject.isApiObject(construct))) {
    const { apiVersion, kind, metadata } = object;
    const { scope } = kindFacts({ apiVersion, kind });
    const namespace = kind === 'Namespace' ? metadata.name : scope === 'Namespaced' ? metadata.namespace : undefined;
    if (namespace !== undefined) namespaces.add(namespace);
    const group = groupOf({ apiVersion });
    const version = apiVersion.split('/').at(-1) ?? '';
    const key = `${group}/${kind}`;
    const found = kinds.get(key) ?? { group, version, kind, scope, objects: [] };
    kinds.set(key, lookedInto.has(kind) ? { ...found, objects: [...found.objects, membersOf(object)] } : found);
  }
  return { directory, kinds: sortedValues(kinds), namespaces: [...namespaces].sort() };
}

/** Kinds of several components, each once, by group and name. */
export function kindsOf(components: readonly ComponentContent[]): readonly ContentKind[] {
  const all = components.flatMap(({ kinds }) => kinds);
  return sortedValues(new Map(all.map((rendered) => [`${rendered.group}/${rendered.kind}`, rendered])));
}

function membersOf(object: ApiObject): JsonMap {
  const manifest = toManifest(object.toJson());
  const spec = manifest['spec'];
  return isMap(spec) ? spec : manifest;
}

function sortedValues(kinds: ReadonlyMap<string, ContentKind>): readonly ContentKind[] {
  return [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]) => kind);
}
