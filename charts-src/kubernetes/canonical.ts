import { canonicalQuantity } from './canonical-quantity';
import { isMap, type Json, type JsonMap, type Manifest, mapAt, mapsAt, nameOf, textOf } from './manifest';
import { mapContainers, mapPodTemplate } from './pod-template';

/** Members whose empty map says something: "all pods", "a directory with defaults", "signs for itself". */
const meaningfulWhenEmpty = new Set(['emptyDir', 'podSelector', 'namespaceSelector', 'selfSigned']);

/**
 * An object in the form in which the API server gives it back, as far as that is ours to choose: no empty lists and maps,
 * quantities in their canonical unit, `protocol` on every port (it is part of the key of ports in server-side apply).
 * Anything else is a difference that GitOps tools report for ever. Schemas of CustomResourceDefinitions stay as they are.
 *
 * @throws naming the object, for a quantity that is none
 */
export function canonical(manifest: Manifest): Manifest {
  if (manifest.kind === 'CustomResourceDefinition') return manifest;
  const { apiVersion, kind, metadata } = manifest;
  const full = { ...withoutEmpty(manifest), apiVersion, kind, metadata };
  return withProtocols(
    mapPodTemplate(full, (template) => ({
      ...template,
      spec: mapContainers(mapAt(template, 'spec'), (container) => canonicalContainer(manifest, container)),
    })),
  );
}

function withoutEmpty(map: JsonMap): JsonMap {
  const entries = Object.entries(map).map(([key, value]) => [key, pruned(value)] as const);
  return Object.fromEntries(
    entries.filter(([key, value]) => !isEmpty(value) || (isMap(value) && meaningfulWhenEmpty.has(key))),
  );
}

function pruned(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => pruned(item));
  return isMap(value) ? withoutEmpty(value) : value;
}

function isEmpty(value: Json): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function canonicalContainer(manifest: Manifest, container: JsonMap): JsonMap {
  const resources = mapAt(container, 'resources');
  const quantities = Object.entries(resources).map(([list, amounts]) => [
    list,
    isMap(amounts)
      ? Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, quantity(amount)]))
      : amounts,
  ]);
  return {
    ...container,
    ...(container['ports'] !== undefined && { ports: withProtocol(mapsAt(container, 'ports')) }),
    ...(quantities.length > 0 && { resources: Object.fromEntries(quantities) as JsonMap }),
  };

  function quantity(amount: Json): Json {
    try {
      return canonicalQuantity(textOf(amount));
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw new Error(`rendering ${nameOf(manifest)}: resources of container ${textOf(container['name'])}: ${cause}`, {
        cause: error,
      });
    }
  }
}

function withProtocols(manifest: Manifest): Manifest {
  const spec = mapAt(manifest, 'spec');
  if (manifest.kind === 'Service')
    return { ...manifest, spec: { ...spec, ports: withProtocol(mapsAt(spec, 'ports')) } };
  if (manifest.kind !== 'NetworkPolicy') return manifest;
  const rules = (['ingress', 'egress'] as const).flatMap((direction) =>
    spec[direction] === undefined ? [] : [[direction, mapsAt(spec, direction).map(withRulePorts)] as const],
  );
  return { ...manifest, spec: { ...spec, ...Object.fromEntries(rules) } };
}

function withRulePorts(rule: JsonMap): JsonMap {
  return rule['ports'] === undefined ? rule : { ...rule, ports: withProtocol(mapsAt(rule, 'ports')) };
}

function withProtocol(ports: readonly JsonMap[]): JsonMap[] {
  return ports.map((port) => ({ protocol: 'TCP', ...port }));
}
