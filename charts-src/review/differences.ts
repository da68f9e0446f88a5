import { type Manifest, nameOf } from '../kubernetes/manifest';
import { leavesOf } from './leaves';
import { byCodeUnit } from './json';
import { componentNames } from './inventory';
import type { ReviewedEnvironment } from './reviewed-environment';

/** A field that is not the same in all environments that have the object. */
export interface DifferingField {
  readonly path: string;
  /** One text for each environment; undefined where object or field is not there. */
  readonly values: readonly (string | undefined)[];
}

/** An object that differs, with the fields that do. */
export interface DifferingObject {
  readonly object: string;
  readonly fields: readonly DifferingField[];
}

/** How one component differs between the environments that have it. */
export interface ComponentDifferences {
  readonly component: string;
  /** Those that have it, at least two; everything else here follows their order. */
  readonly environments: readonly string[];
  /** Objects that not all of them have, and which of them have it. */
  readonly partial: readonly { readonly object: string; readonly present: readonly boolean[] }[];
  readonly differing: readonly DifferingObject[];
  /** How many objects all of them have and that are the same everywhere. */
  readonly equal: number;
}

/**
 * How environments differ, component by component; components that only one environment has are left out. Objects are told apart
 * by kind, namespace and name. What is left then counts as the same object under another name where one of a kind is left on
 * either side: with the same content, or with most of it equal.
 */
export function differencesOf(environments: readonly ReviewedEnvironment[]): ComponentDifferences[] {
  return componentNames(environments).flatMap((component) => {
    const having = environments.flatMap(({ name, components }) => {
      const found = components.find(({ directory }) => directory === component);
      return found === undefined ? [] : [{ name, manifests: found.manifests }];
    });
    if (having.length < 2) return [];
    const families = familiesOf(having.map(({ manifests }) => manifests));
    const everywhere = families.filter(({ members }) => members.every((member) => member !== undefined));
    return [
      {
        component,
        environments: having.map(({ name }) => name),
        partial: families
          .filter((family) => !everywhere.includes(family))
          .map((family) => ({
            object: title(family),
            present: family.members.map((member) => member !== undefined),
          })),
        differing: families.map(differingObject).filter(({ fields }) => fields.length > 0),
        equal: everywhere.filter((family) => differingObject(family).fields.length === 0).length,
      },
    ];
  });
}

/** The same object in several environments, possibly under several names. */
interface Family {
  /** One for each environment. */
  readonly members: (Manifest | undefined)[];
}

function familiesOf(environments: readonly (readonly Manifest[])[]): Family[] {
  const families: Family[] = [];
  environments.forEach((manifests, index) => {
    let left = [...manifests];
    const join = (alike: (member: Manifest, manifest: Manifest) => boolean) => {
      const open = families.filter(({ members }) => members[index] === undefined);
      const fits = ({ members }: Family, manifest: Manifest) =>
        members.some((member) => member?.kind === manifest.kind && alike(member, manifest));
      const pairs = left.flatMap((manifest) => {
        const [family, ...others] = open.filter((one) => fits(one, manifest));
        const only = left.filter((other) => family !== undefined && fits(family, other)).length === 1;
        return family !== undefined && others.length === 0 && only ? [{ family, manifest }] : [];
      });
      for (const { family, manifest } of pairs) family.members[index] = manifest;
      left = left.filter((manifest) => !pairs.some((pair) => pair.manifest === manifest));
    };
    join((member, manifest) => nameOf(member) === nameOf(manifest));
    join((member, manifest) => hasContent(manifest) && content(member) === content(manifest));
    join((member, manifest) => hasContent(manifest) && likeness(member, manifest) >= 0.5);
    for (const manifest of left) {
      families.push({ members: environments.map((_, at) => (at === index ? manifest : undefined)) });
    }
  });
  return families;
}

/** Whether there is more to an object than its name: two namespaces, for example, are never the same one. */
function hasContent(manifest: Manifest): boolean {
  return Object.keys(manifest).length > 3;
}

/** What an object says beside its metadata. */
function content(manifest: Manifest): string {
  return JSON.stringify({ ...manifest, metadata: null });
}

/** Which part of the fields of two objects is equal, from 0 to 1. */
function likeness(one: Manifest, other: Manifest): number {
  const [a, b] = [leavesOf(one), leavesOf(other)];
  const equal = [...a].filter(([path, value]) => b.get(path) === value).length;
  return equal / Math.max(a.size, b.size);
}

function title({ members }: Family): string {
  return [...new Set(members.flatMap((member) => (member === undefined ? [] : [nameOf(member)])))].join(' = ');
}

function differingObject(family: Family): DifferingObject {
  const present = family.members.map((member) => (member === undefined ? undefined : leavesOf(member)));
  const paths = [...new Set(present.flatMap((leaves) => [...(leaves?.keys() ?? [])]))].sort(byCodeUnit);
  const fields = paths.flatMap((path) => {
    const values = present.map((leaves) => leaves?.get(path));
    const own = values.filter((_, index) => present[index] !== undefined);
    return new Set(own).size < 2 ? [] : [{ path, values: withoutSharedLines(values) }];
  });
  return { object: title(family), fields };
}

/** Of texts with several lines only the lines that not all of them have. */
function withoutSharedLines(values: readonly (string | undefined)[]): (string | undefined)[] {
  const texts = values.filter((value) => value !== undefined).map((value) => value.split('\n'));
  if (texts.length < 2 || texts.some((lines) => lines.length < 3)) return [...values];
  const shared = new Set(texts[0]?.filter((line) => texts.every((lines) => lines.includes(line))));
  return values.map((value) =>
    value
      ?.split('\n')
      .filter((line) => !shared.has(line))
      .join('\n'),
  );
}
