import type { Flow } from './traffic';

/**
 * Columns for workloads, 0 first: whoever is called stands right of its callers, so that arrows point one way. A call that closes a
 * circle is not counted.
 */
export function layersOf(workloads: readonly string[], flows: readonly Flow[]): Map<string, number> {
  const callers = new Map(
    workloads.map((id) => [id, flows.filter(({ from, to }) => to === id && from !== id).map(({ from }) => from)]),
  );
  const layers = new Map<string, number>();
  const layerOf = (id: string, path: readonly string[]): number => {
    const known = layers.get(id);
    if (known !== undefined) return known;
    const before = (callers.get(id) ?? []).filter((caller) => callers.has(caller) && !path.includes(caller));
    const layer = Math.max(-1, ...before.map((caller) => layerOf(caller, [...path, id]))) + 1;
    layers.set(id, layer);
    return layer;
  };
  for (const id of workloads) layerOf(id, []);
  return layers;
}
