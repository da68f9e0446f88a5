import { environment } from '../../../charts-src/environments/environment';
import { type Manifest, mapAt, mapsAt } from '../../../charts-src/kubernetes/manifest';
import { renderEnvironment } from '../../../charts-src/output/render-environment';

type Options = NonNullable<Parameters<typeof environment>[0]['inferenceRuns']>;

/** Objects of an environment with these options of the controller of inference runs. */
export function inferenceRunsObjects(inferenceRuns: Options = {}): readonly Manifest[] {
  const options = environment({ name: 'mine', crds: false, inferenceRuns });
  return renderEnvironment(options).flatMap(({ manifests }) => manifests);
}

/** The object of a kind and name, in a namespace where there are several. @throws when there is none */
export function objectOf(manifests: readonly Manifest[], kind: string, name: string, namespace?: string): Manifest {
  const found = manifests.find(
    ({ kind: its, metadata }) =>
      its === kind && metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
  );
  if (found === undefined) throw new Error(`no ${kind} ${name} is rendered`);
  return found;
}

/** `Kind namespace/name` of objects of some kinds. */
export function namesOf(manifests: readonly Manifest[], ...kinds: readonly string[]): readonly string[] {
  return manifests
    .filter(({ kind }) => kinds.includes(kind))
    .map(
      ({ kind, metadata: { namespace, name } }) => `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
    )
    .sort();
}

/** The one container of the controller. */
export function containerOf(manifests: readonly Manifest[], name = 'kserve-controller') {
  const template = mapAt(mapAt(objectOf(manifests, 'Deployment', name), 'spec'), 'template');
  const [container = {}] = mapsAt(mapAt(template, 'spec'), 'containers');
  return container;
}
