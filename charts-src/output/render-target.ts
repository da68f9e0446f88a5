import type { Manifest } from '../kubernetes/manifest';
import { inOrder } from '../kubernetes/order';
import type { Target } from '../targets/targets';
import { renderEnvironment } from './render-environment';

/**
 * Objects of one of upstream's targets, all components together: it is applied as a whole.
 *
 * @throws when nothing is left of it
 */
export function renderTarget({ name, environment, directories, kinds }: Target): readonly Manifest[] {
  const manifests = renderEnvironment(environment)
    .filter(({ directory }) => directories === undefined || directories.includes(directory))
    .flatMap((component) => component.manifests)
    .filter(({ kind }) => kinds === undefined || kinds.includes(kind));
  if (manifests.length === 0) throw new Error(`rendering target ${name}: it has no objects`);
  return inOrder(manifests);
}
