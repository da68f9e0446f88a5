import { externalReferencesAnnotation, generatesAnnotation } from '../../definitions/names/manifests';
import { type JsonMap, type Manifest, mapAt, mapsAt, nameOf } from './manifest';
import { containersOf, podTemplateOf } from './pod-template';

/** Annotation with what a workload's pods refer to and somebody else brings; none when there is nothing. */
export function externalReferences(names: readonly string[]): { annotations?: Record<string, string> } {
  if (names.length === 0) return {};
  return { annotations: { [externalReferencesAnnotation]: [...new Set(names)].sort().join(', ') } };
}

/**
 * What pods refer to is rendered beside them, or their workload says that somebody else brings it: a misspelt name is otherwise
 * found by a pod that does not start.
 *
 * @param manifests all objects of an environment
 * @throws naming workload and object, for a reference that is not declared and for a declaration that nothing refers to
 */
export function refuseUnknownReferences(manifests: readonly Manifest[]): void {
  const brought = new Set(manifests.flatMap(broughtBy));
  for (const workload of manifests) {
    const template = podTemplateOf(workload);
    if (template === undefined) continue;
    const { namespace = '' } = workload.metadata;
    const missing = [...new Set(referencesOf(mapAt(template, 'spec')))].filter(
      (name) => !brought.has(`${namespace}/${name}`),
    );
    const declared = declaredBy(workload);
    const undeclared = missing.find((name) => !declared.includes(name));
    if (undeclared !== undefined) {
      const how = `render it, or name it in the annotation ${externalReferencesAnnotation}`;
      throw new Error(`rendering ${nameOf(workload)}: it refers to ${undeclared}, which is not rendered: ${how}`);
    }
    const needless = declared.find((name) => !missing.includes(name));
    if (needless === undefined) continue;
    const why = brought.has(`${namespace}/${needless}`) ? 'the environment renders it' : 'no pod refers to it';
    throw new Error(`rendering ${nameOf(workload)}: annotation ${externalReferencesAnnotation}: ${needless}: ${why}`);
  }
}

function declaredBy({ metadata }: Manifest): readonly string[] {
  const text = metadata.annotations?.[externalReferencesAnnotation];
  return text === undefined ? [] : text.split(', ');
}

/** Objects, as `namespace/Kind/name`, that a manifest is or brings about. */
function broughtBy(manifest: Manifest): readonly string[] {
  const { kind, metadata } = manifest;
  const { name, namespace = '', annotations = {} } = metadata;
  const secret = (of: unknown) => [`${namespace}/Secret/${String(of)}`];
  const generated = annotations[generatesAnnotation];
  switch (kind) {
    case 'ExternalSecret':
      return secret(mapAt(mapAt(manifest, 'spec'), 'target')['name'] ?? name);
    case 'SealedSecret':
      return secret(name);
    case 'Certificate':
      return secret(mapAt(manifest, 'spec')['secretName']);
    default:
      return [`${namespace}/${kind}/${name}`, ...(generated === undefined ? [] : [`${namespace}/${generated}`])];
  }
}

/** What pods of a spec refer to, as `Kind/name`. */
function referencesOf(podSpec: JsonMap): readonly string[] {
  const references = [
    ...containersOf(podSpec).flatMap((container) => [
      ...mapsAt(container, 'env').flatMap((variable) => {
        const from = mapAt(variable, 'valueFrom');
        return [...named('Secret', from['secretKeyRef']), ...named('ConfigMap', from['configMapKeyRef'])];
      }),
      ...mapsAt(container, 'envFrom').flatMap((source) => [
        ...named('Secret', source['secretRef']),
        ...named('ConfigMap', source['configMapRef']),
      ]),
    ]),
    ...mapsAt(podSpec, 'volumes').flatMap((volume) => [
      ...named('Secret', volume['secret'], 'secretName'),
      ...named('ConfigMap', volume['configMap']),
      ...named('PersistentVolumeClaim', volume['persistentVolumeClaim'], 'claimName'),
      ...mapsAt(mapAt(volume, 'projected'), 'sources').flatMap((source) => [
        ...named('Secret', source['secret']),
        ...named('ConfigMap', source['configMap']),
      ]),
    ]),
    ...mapsAt(podSpec, 'imagePullSecrets').flatMap((secret) => named('Secret', secret)),
  ];
  const account = podSpec['serviceAccountName'];
  return typeof account === 'string' ? [...references, `ServiceAccount/${account}`] : references;
}

function named(kind: string, reference: unknown, key = 'name'): string[] {
  if (typeof reference !== 'object' || reference === null) return [];
  const name: unknown = Reflect.get(reference, key);
  return typeof name === 'string' && Reflect.get(reference, 'optional') !== true ? [`${kind}/${name}`] : [];
}
