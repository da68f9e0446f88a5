import { isMap, type Json, type Manifest, nameOf } from '../kubernetes/manifest';
import { byCodeUnit } from './json';
import type { ReviewedEnvironment } from './reviewed-environment';

/** Where an image runs. */
export interface ImageUse {
  readonly environment: string;
  readonly component: string;
  /** `Kind namespace/name`. */
  readonly object: string;
  readonly container: string;
}

/** An image that some container of some environment has. */
export interface ReviewedImage {
  readonly reference: string;
  /** By digest: nobody can put other content behind this reference. */
  readonly pinned: boolean;
  readonly uses: readonly ImageUse[];
}

/** Every image of every environment, by reference. Kinds other than workloads count: a ClusterStorageContainer brings one too. */
export function imagesOf(environments: readonly ReviewedEnvironment[]): ReviewedImage[] {
  const uses = environments.flatMap(({ name: environment, components }) =>
    components.flatMap(({ directory: component, manifests }) =>
      manifests.flatMap((manifest) =>
        containersAnywhere(manifest).map(({ image, container }) => ({
          reference: image,
          use: { environment, component, object: nameOf(manifest), container },
        })),
      ),
    ),
  );
  const references = [...new Set(uses.map(({ reference }) => reference))].sort(byCodeUnit);
  return references.map((reference) => ({
    reference,
    pinned: /@sha256:[0-9a-f]{64}$/.test(reference),
    uses: uses.filter((one) => one.reference === reference).map(({ use }) => use),
  }));
}

interface FoundContainer {
  readonly image: string;
  readonly container: string;
}

/** A definition describes images and has none. */
function containersAnywhere(manifest: Manifest): FoundContainer[] {
  return manifest.kind === 'CustomResourceDefinition' ? [] : containersIn(manifest);
}

function containersIn(value: Json): FoundContainer[] {
  if (Array.isArray(value)) return value.flatMap(containersIn);
  if (!isMap(value)) return [];
  const { image, name } = value;
  const found = typeof image === 'string' ? [{ image, container: typeof name === 'string' ? name : '' }] : [];
  return [...found, ...Object.values(value).flatMap(containersIn)];
}
