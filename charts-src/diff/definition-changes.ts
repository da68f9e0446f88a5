import { isDeepStrictEqual } from 'node:util';
import { type JsonMap, type Manifest, mapAt, mapsAt, textOf } from '../kubernetes/manifest';
import { type FieldChange, fieldChanges } from './field-changes';
import type { Finding } from './finding';
import { at } from './rule';
import { narrowings } from './schema-narrowing';

const identity = ['spec.group', 'spec.scope', 'spec.names.kind', 'spec.names.plural'];

/** What a change of a CustomResourceDefinition does to objects that are stored and to clients that write them. */
export function definitionFindings(before: Manifest, after: Manifest): Finding[] {
  const old = byName(before);
  const now = byName(after);
  const stored = mapsAt(mapAt(before, 'spec'), 'versions').find(({ storage }) => storage === true)?.['name'];
  const ofVersions = [...old].flatMap(([name, version]) => {
    const next = now.get(name);
    if (next !== undefined) return versionFindings(name, version, next);
    const refused = name === stored;
    const why = refused
      ? 'objects are stored in this version: the API server refuses to drop it'
      : 'clients of the version get 404';
    return [finding(['spec', `versions[${name}]`], version, undefined, why, refused)];
  });
  const risky = [...identityFindings(before, after), ...ofVersions];
  const isSaid = ({ path }: FieldChange) =>
    risky.some((said) => isDeepStrictEqual(said.path.slice(0, path.length), path));
  return [...risky, ...others(before, after).filter((change) => !isSaid(change))];
}

function identityFindings(before: Manifest, after: Manifest): Finding[] {
  return identity.flatMap((field) => {
    const [old, now] = [at(before, field), at(after, field)];
    if (old === now) return [];
    return [finding(field.split('.'), old, now, 'immutable: the API server refuses the change', true)];
  });
}

function versionFindings(name: string, before: JsonMap, after: JsonMap): Finding[] {
  const path = ['spec', `versions[${name}]`];
  const unserved =
    before['served'] === true && after['served'] !== true
      ? [finding([...path, 'served'], true, after['served'], 'clients of the version get 404')]
      : [];
  const subresources = ['status', 'scale'].flatMap((subresource) => {
    const [old, now] = [at(before, `subresources.${subresource}`), at(after, `subresources.${subresource}`)];
    if (old === undefined || now !== undefined) return [];
    return [finding([...path, 'subresources', subresource], old, now, `who writes /${subresource} gets 404`)];
  });
  const schemas = [before, after].map((version) => mapAt(mapAt(version, 'schema'), 'openAPIV3Schema'));
  const [old = {}, now = {}] = schemas;
  const narrowed = narrowings(old, now).map(({ path: place, why }): Finding => ({
    ...finding([...path, 'schema', ...place], undefined, undefined, why),
  }));
  return [...unserved, ...subresources, ...narrowed];
}

/** What is left: columns, short names, descriptions, wider schemas, one line for each schema. */
function others(before: Manifest, after: Manifest): Finding[] {
  const changes = [
    ...fieldChanges(withoutSchemas(before), withoutSchemas(after)),
    ...[...byName(before)].flatMap(([name, version]): FieldChange[] => {
      const next = byName(after).get(name);
      if (next === undefined || isDeepStrictEqual(version['schema'], next['schema'])) return [];
      return [{ path: ['spec', `versions[${name}]`, 'schema'], before: undefined, after: undefined }];
    }),
  ];
  return changes.map((change) => ({ ...change, effect: 'in place', ...storageNote(change) }));
}

function storageNote({ path, after }: FieldChange): { why?: string } {
  if (path.at(-1) === 'schema') return { why: 'the schema changes' };
  if (path.at(-1) !== 'storage' || after !== true) return {};
  return { why: 'objects stay stored in the old version until each is written again: keep that version' };
}

function withoutSchemas(definition: Manifest): JsonMap {
  const spec = mapAt(definition, 'spec');
  const versions = mapsAt(spec, 'versions').map((version) => ({ ...version, schema: null }));
  return { ...definition, spec: { ...spec, versions } };
}

function byName(definition: Manifest): ReadonlyMap<string, JsonMap> {
  return new Map(mapsAt(mapAt(definition, 'spec'), 'versions').map((version) => [textOf(version['name']), version]));
}

function finding(
  path: readonly string[],
  before: Finding['before'],
  after: Finding['after'],
  why: string,
  refused = false,
): Finding {
  return { path, before, after, effect: 'forbidden', why, refused };
}
