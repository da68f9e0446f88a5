import { dump } from 'js-yaml';
import type { JsonMap, Manifest } from './manifest';

/** Members that open an object, in this order; all others follow by code unit. */
const leading = ['apiVersion', 'kind', 'metadata'];

/** Texts by content: environments and targets have most of their objects in common, and JSON is written in a tenth of the time. */
const knownTexts = new Map<string, string>();

/** Objects as one YAML file of several documents. The same objects give the same bytes whatever order their keys came in. */
export function serializeManifests(manifests: readonly Manifest[]): string {
  return manifests.map((manifest) => `---\n${documentText(manifest)}`).join('');
}

/**
 * One value as YAML 1.2 that YAML 1.1 parsers read alike: strings that either would take for something else are quoted,
 * lines are never folded, and no anchors are used.
 */
export function serialize(value: JsonMap): string {
  return dump(value, { lineWidth: -1, noRefs: true, sortKeys: byLeadingThenCodeUnit });
}

function documentText(manifest: Manifest): string {
  const content = JSON.stringify(manifest);
  const known = knownTexts.get(content);
  if (known !== undefined) return known;
  const text = serialize(manifest);
  knownTexts.set(content, text);
  return text;
}

function byLeadingThenCodeUnit(a: string, b: string): number {
  return place(a) - place(b) || (a < b ? -1 : 1);
}

function place(key: string): number {
  const index = leading.indexOf(key);
  return index === -1 ? leading.length : index;
}
