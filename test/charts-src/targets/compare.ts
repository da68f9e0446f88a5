import { isMap, type Json, type JsonMap, textOf } from '../../../charts-src/kubernetes/manifest';
import { anyContent, type UpstreamObject } from './upstream/object';

/** One field in which our rendering is not upstream's. */
export interface Difference {
  /** `Kind/name`, by upstream's name where it has one. */
  readonly object: string;
  /** Members joined by dots, entries of lists by what identifies them: `spec.template.spec.containers[manager].args`. */
  readonly path: string;
  readonly upstream: Json | undefined;
  readonly ours: Json | undefined;
}

/** What identifies an entry of a list, by the list's name; other lists are compared as a whole. */
const identities: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  subjects: 'name',
};

/** What the API server fills in where upstream says nothing. */
const defaults: readonly (readonly [path: RegExp, value: Json])[] = [
  [/^spec\.type$/, 'ClusterIP'],
  [/^spec\.replicas$/, 1],
  [/^spec\.template\.spec\.terminationGracePeriodSeconds$/, 30],
];

/**
 * Compares field by field, both ways: what one side has and the other does not is a difference too.
 *
 * @param renamed our names of upstream's objects, `Kind/name` to name
 */
export function compare(
  upstream: readonly UpstreamObject[],
  ours: readonly JsonMap[],
  renamed: Readonly<Record<string, string>>,
): readonly Difference[] {
  const left = new Map(ours.map((object) => [identityOf(object), object]));
  const found = upstream.flatMap((object) => {
    const { name } = object.metadata;
    const known = renamed[`${object.kind}/${name}`];
    const identity = `${object.kind}/${known ?? name}`;
    const mine = left.get(identity);
    left.delete(identity);
    const where = `${object.kind}/${name}`;
    if (mine === undefined) return [{ object: where, path: '', upstream: 'rendered', ours: undefined }];
    return differencesOf(where, object, mine);
  });
  const more = [...left.keys()].map((object) => ({ object, path: '', upstream: undefined, ours: 'rendered' }));
  return [...found, ...more];
}

function identityOf(object: JsonMap): string {
  const metadata = object['metadata'];
  return `${textOf(object['kind'])}/${isMap(metadata) ? textOf(metadata['name']) : ''}`;
}

function differencesOf(object: string, upstream: UpstreamObject, ours: JsonMap): Difference[] {
  const { kind, rules, ...rest } = upstream;
  void kind;
  const { kind: ownKind, apiVersion, rules: ownRules, ...own } = ours;
  void ownKind;
  void apiVersion;
  const isRole = upstream.kind === 'Role' || upstream.kind === 'ClusterRole';
  return [
    ...differ(object, '', rest, own),
    ...(isRole ? ruleDifferences(object, rules, ownRules) : differ(object, 'rules', rules, ownRules)),
  ];
}

function differ(object: string, path: string, upstream: Json | undefined, ours: Json | undefined): Difference[] {
  if (isMap(upstream) && isMap(ours)) {
    const keys = [...new Set([...Object.keys(upstream), ...Object.keys(ours)])];
    return keys.flatMap((key) => differ(object, joined(path, key), upstream[key], ours[key]));
  }
  const list = /([A-Za-z]+)$/.exec(path)?.[1] ?? '';
  const key = identities[list];
  if (key !== undefined && (Array.isArray(upstream) || Array.isArray(ours))) {
    return differ(object, path, byIdentity(upstream, key), byIdentity(ours, key));
  }
  if (JSON.stringify(sorted(upstream)) === JSON.stringify(sorted(ours))) return [];
  // Sample data: that the file is there counts, and not what upstream wrote into it.
  if (upstream === anyContent && typeof ours === 'string') return [];
  const byDefault = defaults.find(([pattern]) => pattern.test(path));
  if (upstream === undefined && byDefault?.[1] === ours) return [];
  // A map that only one side has is told member by member, so that each can be declared.
  if (isMap(upstream) || isMap(ours)) {
    return differ(object, path, isMap(upstream) ? upstream : {}, isMap(ours) ? ours : {});
  }
  return [{ object, path, upstream, ours }];
}

function joined(path: string, key: string): string {
  if (path === '') return key;
  return /^[A-Za-z]+$/.test(key) ? `${path}.${key}` : `${path}[${key}]`;
}

function byIdentity(list: Json | undefined, key: string): JsonMap {
  const entries = Array.isArray(list) ? list.filter(isMap) : [];
  return Object.fromEntries(entries.map((entry) => [` ${textOf(entry[key])}`, entry]));
}

function sorted(value: Json | undefined): unknown {
  if (Array.isArray(value)) return value.map((item: Json) => sorted(item));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

/** What roles allow, one permission each: how they are grouped into rules says nothing. */
function ruleDifferences(object: string, upstream: Json | undefined, ours: Json | undefined): Difference[] {
  const [theirs, own] = [permissions(upstream), permissions(ours)];
  return [
    ...[...own].filter((one) => !theirs.has(one)).map((one) => rule(object, one, undefined, 'allowed')),
    ...[...theirs].filter((one) => !own.has(one)).map((one) => rule(object, one, 'allowed', undefined)),
  ];
}

const rule = (object: string, permission: string, upstream: Json | undefined, ours: Json | undefined): Difference => ({
  object,
  path: `rules[${permission}]`,
  upstream,
  ours,
});

function permissions(rules: Json | undefined): ReadonlySet<string> {
  const list = (rule: JsonMap, key: string) => {
    const value = rule[key];
    return Array.isArray(value) ? value.map(String) : [];
  };
  const all = (Array.isArray(rules) ? rules.filter(isMap) : []).flatMap((rule) =>
    list(rule, 'verbs').flatMap((verb) => [
      ...list(rule, 'nonResourceURLs').map((url) => `${verb} ${url}`),
      ...list(rule, 'apiGroups').flatMap((group) =>
        list(rule, 'resources').map((resource) => `${verb} ${group === '' ? '' : `${group}/`}${resource}`),
      ),
    ]),
  );
  return new Set(all);
}
