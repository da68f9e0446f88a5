import { kindFacts } from './kinds';
import type { Manifest } from './manifest';

/**
 * Objects in the order in which they can be applied: by kind, then namespace, then name. Names are compared by code unit,
 * so that no locale has a say.
 */
export function inOrder(manifests: readonly Manifest[]): Manifest[] {
  return [...manifests].sort(
    (a, b) =>
      kindFacts(a).rank - kindFacts(b).rank ||
      compare(a.metadata.namespace ?? '', b.metadata.namespace ?? '') ||
      compare(a.metadata.name, b.metadata.name),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
