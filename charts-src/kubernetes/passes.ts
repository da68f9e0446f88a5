import { canonical } from './canonical';
import { withKnownImages } from './images';
import { type ComponentLabels, withLabels } from './labels';
import type { Manifest } from './manifest';
import { withValidNames } from './names';
import { inOrder } from './order';
import { withScope } from './scope';
import { withRestrictedPods } from './security';

/** What the passes need to know besides the objects. */
export interface PassContext {
  readonly labels: ComponentLabels;
  /** References of all images that pods may use. */
  readonly images: ReadonlySet<string>;
}

/**
 * What every rendered object goes through, whoever constructed it.
 *
 * @throws naming the object and the rule it breaks
 */
export function applyPasses(manifests: readonly Manifest[], { labels, images }: PassContext): Manifest[] {
  const passed = manifests.map((manifest) => {
    const placed = withLabels(withScope(manifest), labels);
    return canonical(withKnownImages(withRestrictedPods(withValidNames(placed)), images));
  });
  return inOrder(passed);
}
