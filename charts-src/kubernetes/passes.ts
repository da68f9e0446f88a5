import { canonical } from './canonical';
import { withKnownImages } from './images';
import { type ComponentLabels, withLabels } from './labels';
import type { Manifest } from './manifest';
import { withValidNames } from './names';
import { inOrder } from './order';
import { withPriority } from './priority';
import { withScope } from './scope';
import { withRestrictedPods } from './security';

/** What the passes need to know besides the objects. */
export interface PassContext {
  readonly labels: ComponentLabels;
  /** References of all images that pods may use. */
  readonly images: ReadonlySet<string>;
  /** Name of the platform's PriorityClass, if there is one. */
  readonly priorityClass?: string;
}

/**
 * What every rendered object goes through, whoever constructed it.
 *
 * @throws naming the object and the rule it breaks
 */
export function applyPasses(manifests: readonly Manifest[], context: PassContext): Manifest[] {
  const { labels, images, priorityClass } = context;
  const passed = manifests.map((manifest) => {
    const placed = withPriority(withLabels(withScope(manifest), labels), priorityClass);
    return canonical(withKnownImages(withRestrictedPods(withValidNames(placed)), images));
  });
  return inOrder(passed);
}
