import type { Manifest } from '../kubernetes/manifest';
import type { RenderedComponent } from '../output/render-environment';

/** An environment as the review looks at it: rendered, nothing else. */
export interface ReviewedEnvironment {
  readonly name: string;
  readonly components: readonly RenderedComponent[];
}

/** Every object of an environment. */
export function manifestsOf({ components }: ReviewedEnvironment): readonly Manifest[] {
  return components.flatMap(({ manifests }) => manifests);
}
