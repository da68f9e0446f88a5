import { type Manifest, mapAt, nameOf, textOf } from './manifest';
import { containersOf, podTemplateOf } from './pod-template';

/**
 * Every image of a workload is one of its environment's: no construct brings an image of its own, so that the table of
 * images is all there is to mirror, scan and pin.
 *
 * @param allowed full references
 * @throws naming the container and its image
 */
export function withKnownImages(manifest: Manifest, allowed: ReadonlySet<string>): Manifest {
  for (const container of containersOf(mapAt(podTemplateOf(manifest) ?? {}, 'spec'))) {
    const image = container['image'];
    if (typeof image === 'string' && allowed.has(image)) continue;
    const name = `${nameOf(manifest)}: container ${textOf(container['name'])}`;
    throw new Error(`rendering ${name}: got image ${textOf(image)}, allowed: ${[...allowed].join(', ')}`);
  }
  return manifest;
}
