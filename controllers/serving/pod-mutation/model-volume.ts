import type { V1Container, V1PodSpec, V1Volume } from '@kubernetes/client-node';
import { volumeNames } from '../../../definitions/names/serving';
import { withContainers } from './serving-containers';

/** Where a container sees the model's files. */
export interface ModelMount {
  readonly volume: V1Volume;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly: boolean;
}

/** A container with the mount, unless it mounts a volume of that name already. */
export function withModelMount(
  container: V1Container,
  { volume, mountPath, subPath, readOnly }: ModelMount,
): V1Container {
  const mounts = container.volumeMounts ?? [];
  if (mounts.some(({ name }) => name === volume.name)) return container;
  const mount = {
    name: volume.name,
    mountPath,
    ...(subPath === undefined || subPath === '' ? {} : { subPath }),
    ...(readOnly ? { readOnly } : {}),
  };
  return { ...container, volumeMounts: [...mounts, mount] };
}

/**
 * A pod in which these containers see the model's files. A volume of the name that is there already is used: users bring their own, for
 * example with a size limit.
 */
export function mountModel(spec: V1PodSpec, names: readonly string[], mount: ModelMount): V1PodSpec {
  const mounted = withContainers(spec, names, (container) => withModelMount(container, mount));
  return mounted.containers.every((container, index) => container === spec.containers[index])
    ? spec
    : withModelVolume(mounted, mount.volume);
}

/** A pod with the volume, unless the name is taken. */
export function withModelVolume(spec: V1PodSpec, volume: V1Volume): V1PodSpec {
  const volumes = spec.volumes ?? [];
  if (volumes.some(({ name }) => name === volume.name)) return spec;
  return { ...spec, volumes: [...volumes, volume] };
}

/** Longest name of a volume: a DNS label. */
const longestName = 63;

/**
 * Names of the volumes of directories: `/a/b` is `a-b`. What a name of a volume can't hold becomes `-`; of directories with the same name,
 * all but the first get a number.
 */
export function volumeNamesOf(paths: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const path of paths) {
    if (!names.has(path)) names.set(path, freeVolumeName(plainName(path), new Set(names.values())));
  }
  return names;
}

function freeVolumeName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 0; ; number += 1) {
    const suffix = number === 0 ? '' : `-${number}`;
    const candidate = `${name.slice(0, longestName - suffix.length)}${suffix}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function plainName(path: string): string {
  const name = path
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, longestName)
    .replace(/-$/, '');
  return name === '' ? volumeNames.ociModel : name;
}
