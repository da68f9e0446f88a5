import { posix } from 'node:path';
import type { V1PodSpec } from '@kubernetes/client-node';
import { PodMutationError } from '../pod-mutation-error';
import type { StorageInjection } from '../storage/injection';
import { fetchImages, type ImageSource } from './fetch';
import { addImageVolume } from './image-volume';
import { addModelcar } from './modelcar';
import type { OciMode } from './oci-mode';

/** Most images of a pod: each costs two containers or a volume. */
const mostImages = 10;

/** An image with a model, and how it reaches its directory. */
export interface OciSource extends ImageSource {
  readonly mode: OciMode;
}

/** A pod that has the models of images in their directories. Throws when they would hide each other. */
export function addOciSources(spec: V1PodSpec, sources: readonly OciSource[], pod: StorageInjection): V1PodSpec {
  checkSources(sources);
  const of = (mode: OciMode) => sources.filter((source) => source.mode === mode);
  const { storageInitializer } = pod.settings;
  let changed = spec;
  of('modelcar').forEach((source, index) => {
    changed = addModelcar(changed, source, index, storageInitializer);
  });
  for (const source of of('native')) changed = addImageVolume(changed, source);
  const fetched = of('fetch');
  return fetched.length === 0 ? changed : fetchImages(changed, fetched, pod);
}

function checkSources(sources: readonly OciSource[]): void {
  if (sources.length > mostImages) {
    throw new PodMutationError(`too many OCI sources (${sources.length}); maximum is ${mostImages} per pod`);
  }
  const native = new Set<string>();
  const parents = new Map<string, string>();
  for (const { mode, path } of sources) {
    if (mode === 'native') {
      if (native.has(path)) {
        throw new PodMutationError(
          `OCI mount path "${path}" is specified more than once; each native ImageVolume must have a unique mount path`,
        );
      }
      native.add(path);
      continue;
    }
    const parent = posix.dirname(path);
    const other = parents.get(parent);
    if (other !== undefined) {
      throw new PodMutationError(
        `OCI mount paths "${other}" and "${path}" share parent directory "${parent}", which would cause volume mount shadowing; use mount paths with distinct parent directories`,
      );
    }
    parents.set(parent, path);
  }
}
