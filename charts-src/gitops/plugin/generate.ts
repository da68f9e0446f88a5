import { load } from 'js-yaml';
import { readEnvironment } from '../../environments/environment';
import { serializeManifests } from '../../kubernetes/serialize';
import { renderEnvironment } from '../../output/render-environment';

/** File of a repository that makes its folder an environment: the options of `charts-src/environments`, as YAML. */
export const environmentFile = 'slipway.yaml';

/**
 * The objects of an environment that is written as YAML, without the GitOps objects: whoever runs this is a GitOps tool already.
 *
 * @param component folder name of the component to print; empty: all of them
 * @throws naming option, value and what is allowed; naming the components, when there is none of this name
 */
export function generate(text: string, component: string): string {
  const rendered = renderEnvironment(readEnvironment(load(text), environmentFile));
  const components = rendered.filter(({ directory }) => !directory.startsWith('gitops-'));
  const chosen = component === '' ? components : components.filter(({ directory }) => directory === component);
  if (chosen.length === 0) {
    const allowed = components.map(({ directory }) => directory).join(', ');
    throw new Error(`parameter component: got ${component}, allowed: ${allowed}`);
  }
  return serializeManifests(chosen.flatMap(({ manifests }) => manifests));
}
