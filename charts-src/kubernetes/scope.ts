import { kindFacts } from './kinds';
import { type Manifest, nameOf } from './manifest';

/**
 * A cluster-scoped object has no namespace: the API server drops one silently, and tools that compare then see a
 * difference for ever. A namespaced one must say where it lives, or it lands wherever kubectl happens to point.
 *
 * @throws when a namespaced object has no namespace
 */
export function withScope(manifest: Manifest): Manifest {
  const { namespace, ...metadata } = manifest.metadata;
  if (kindFacts(manifest).scope === 'Cluster') return { ...manifest, metadata };
  if (namespace !== undefined) return manifest;
  throw new Error(
    `rendering ${nameOf(manifest)}: no namespace: set metadata.namespace, every ${manifest.kind} has one`,
  );
}
