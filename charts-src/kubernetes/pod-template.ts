import { isMap, type JsonMap, type Manifest, mapAt, mapsAt } from './manifest';

/** Where each kind keeps its pod template. */
const templatePaths: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  Job: ['spec', 'template'],
};

/** Lists of containers in a pod's spec. */
const containerLists = ['containers', 'initContainers'] as const;

/** The pod template of a workload; undefined for other kinds. */
export function podTemplateOf(manifest: Manifest): JsonMap | undefined {
  const path = templatePaths[manifest.kind];
  return path?.reduce<JsonMap>(mapAt, manifest);
}

/** The containers of a pod's spec, init containers included. */
export function containersOf(podSpec: JsonMap): readonly JsonMap[] {
  return containerLists.flatMap((list) => mapsAt(podSpec, list));
}

/** A workload with its pod template changed; other kinds as they are. */
export function mapPodTemplate(manifest: Manifest, change: (template: JsonMap) => JsonMap): Manifest {
  const path = templatePaths[manifest.kind];
  if (path === undefined) return manifest;
  const { apiVersion, kind, metadata } = manifest;
  return { ...changeAt(manifest, path, change), apiVersion, kind, metadata };
}

/** A pod's spec with every container changed. */
export function mapContainers(podSpec: JsonMap, change: (container: JsonMap) => JsonMap): JsonMap {
  const changed = containerLists.flatMap((list) =>
    podSpec[list] === undefined ? [] : [[list, mapsAt(podSpec, list).map(change)] as const],
  );
  return { ...podSpec, ...Object.fromEntries(changed) };
}

function changeAt(map: JsonMap, path: readonly string[], change: (value: JsonMap) => JsonMap): JsonMap {
  const [key, ...rest] = path;
  if (key === undefined) return change(map);
  const value = map[key];
  return isMap(value) ? { ...map, [key]: changeAt(value, rest, change) } : map;
}
