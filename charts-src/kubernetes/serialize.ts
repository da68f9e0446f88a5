import { isMap, type Json, type JsonMap, type Manifest } from './manifest';
import { keyText, learnScalars, type Scalar, scalarText } from './yaml-scalars';

/** Members that open an object, in this order; all others follow by code unit. */
const leading = ['apiVersion', 'kind', 'metadata'];

const step = '  ';

/** Texts of objects' members: the specs of definitions, half of all that is written, are the same in every environment. */
const knownTexts = new WeakMap<object, string>();

/** Objects as one YAML file of several documents. The same objects give the same bytes whatever order their keys came in. */
export function serializeManifests(manifests: readonly Manifest[]): string {
  learnScalars(scalarsOf(manifests));
  return manifests.map((manifest) => `---\n${documentText(manifest)}`).join('');
}

/**
 * One value as YAML 1.2 that YAML 1.1 parsers read alike: strings that either would take for something else are quoted,
 * lines are never folded, and no anchors are used.
 */
export function serialize(value: JsonMap): string {
  learnScalars(scalarsOf([value]));
  return documentText(value);
}

/** Keys and values, but for those in members whose text is known. */
function scalarsOf(documents: readonly JsonMap[]): ReadonlySet<Scalar> {
  const found = new Set<Scalar>();
  for (const document of documents) {
    for (const [key, member] of Object.entries(document)) {
      found.add(key);
      if (isScalar(member) || !knownTexts.has(member)) visit(member);
    }
  }
  return found;

  function visit(value: Json): void {
    if (isScalar(value)) {
      found.add(value);
    } else if (isMap(value)) {
      for (const [key, member] of Object.entries(value)) {
        found.add(key);
        visit(member);
      }
    } else {
      value.forEach(visit);
    }
  }
}

function documentText(document: JsonMap): string {
  const members = sortedEntries(document).map(([key, member]) => {
    const text = (isScalar(member) ? undefined : knownTexts.get(member)) ?? memberText(member, '');
    if (!isScalar(member)) knownTexts.set(member, text);
    return keyText(key, '') + text;
  });
  return `${members.length === 0 ? '{}' : members.join('\n')}\n`;
}

/** What follows a key and its colon. */
function memberText(value: Json, indent: string): string {
  const inner = indent + step;
  return hasLines(value) ? `\n${inner}${linesOf(value, inner)}` : ` ${inlineText(value, inner)}`;
}

/** Lines of a map or list, the first without its indent: it may follow the dash of a list. */
function linesOf(value: JsonMap | readonly Json[], indent: string): string {
  const inner = indent + step;
  const lines = isMap(value)
    ? sortedEntries(value).map(([key, member]) => keyText(key, indent) + memberText(member, indent))
    : value.map((item) => `- ${hasLines(item) ? linesOf(item, inner) : inlineText(item, inner)}`);
  return lines.join(`\n${indent}`);
}

function inlineText(value: Json, indent: string): string {
  if (isScalar(value)) return scalarText(value, indent);
  return isMap(value) ? '{}' : '[]';
}

function isScalar(value: Json): value is Scalar {
  return typeof value !== 'object' || value === null;
}

function hasLines(value: Json): value is JsonMap | readonly Json[] {
  return !isScalar(value) && Object.keys(value).length > 0;
}

function sortedEntries(map: JsonMap): [key: string, value: Json][] {
  return Object.entries(map).sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1));
}

function place(key: string): number {
  const index = leading.indexOf(key);
  return index === -1 ? leading.length : index;
}
