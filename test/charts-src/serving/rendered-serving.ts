import { environment } from '../../../charts-src/environments/environment';
import type { Manifest } from '../../../charts-src/kubernetes/manifest';
import { renderEnvironment } from '../../../charts-src/output/render-environment';

type Options = Parameters<typeof environment>[0];

/** Objects of an environment with these options of the serving controller. */
export function servingObjects(serving: NonNullable<Options['serving']> = {}): readonly Manifest[] {
  const options = environment({ name: 'mine', crds: false, serving });
  return renderEnvironment(options).flatMap(({ manifests }) => manifests);
}

/** The object of a kind and name. @throws when there is none */
export function objectOf(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name} is rendered`);
  return found;
}
