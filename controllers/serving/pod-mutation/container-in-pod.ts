import type { V1Container, V1EnvVar, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import { withVariables } from './container-variables';

/** A container that is being made, and the volumes of the pod that it will be in. */
export interface ContainerInPod {
  readonly container: V1Container;
  readonly volumes: readonly V1Volume[];
}

/** A volume and where it is mounted, to be read only. */
export interface Mounted {
  readonly volume: V1Volume;
  readonly mountPath: string;
}

/** What a container needs to reach a storage. */
export interface Access {
  readonly env: readonly V1EnvVar[];
  readonly mounted: readonly Mounted[];
}

/** The container with variables and mounts. */
export function withAccess(made: ContainerInPod, { env, mounted }: Access): ContainerInPod {
  return mounted.reduce(withMounted, { ...made, container: withVariables(made.container, env) });
}

/**
 * The container with the mount. A volume of the pod that has the same content is used again; when another one has its name, it gets a
 * number, so that nobody reads somebody else's Secret.
 */
export function withMounted({ container, volumes }: ContainerInPod, { volume, mountPath }: Mounted): ContainerInPod {
  const { name, isNew } = place(volume, volumes);
  const mounts = container.volumeMounts ?? [];
  const isMounted = mounts.some((mount) => mount.name === name && mount.mountPath === mountPath);
  const mount: V1VolumeMount = { name, mountPath, readOnly: true };
  return {
    container: isMounted ? container : { ...container, volumeMounts: [...mounts, mount] },
    volumes: isNew ? [...volumes, { ...volume, name }] : volumes,
  };
}

function place(wanted: V1Volume, volumes: readonly V1Volume[]): { readonly name: string; readonly isNew: boolean } {
  for (let number = 0; ; number += 1) {
    const name = number === 0 ? wanted.name : `${wanted.name}-${number}`;
    const existing = volumes.find((volume) => volume.name === name);
    if (existing === undefined) return { name, isNew: true };
    if (contains(existing, { ...wanted, name })) return { name, isNew: false };
  }
}

/** Whether everything of `part` is in `whole`; the API server adds defaults to what we write. */
function contains(whole: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return whole === part;
  if (typeof whole !== 'object' || whole === null) return false;
  return Object.entries(part).every(([key, value]) => contains(Reflect.get(whole, key), value));
}
