import { isMap, type Json, type JsonMap } from '../kubernetes/manifest';

/** Lists whose items have an identity of their own, with the members that make it, first choice first. */
const keysOfLists: Readonly<Record<string, readonly (readonly string[])[]>> = {
  containers: [['name']],
  initContainers: [['name']],
  env: [['name']],
  ports: [['name'], ['containerPort', 'protocol'], ['port', 'protocol']],
  volumes: [['name']],
  volumeMounts: [['mountPath']],
  volumeDevices: [['devicePath']],
  volumeClaimTemplates: [['metadata.name']],
  imagePullSecrets: [['name']],
  tolerations: [['key', 'operator', 'value', 'effect']],
  topologySpreadConstraints: [['topologyKey', 'whenUnsatisfiable']],
  hostAliases: [['ip']],
  items: [['key']],
  secrets: [['name']],
  subjects: [['kind', 'namespace', 'name']],
  versions: [['name']],
  additionalPrinterColumns: [['name']],
  webhooks: [['name']],
  groups: [['name']],
  data: [['secretKey']],
  endpoints: [['port']],
};

/** Items of a list by their identity, in order. */
export type KeyedItems = ReadonlyMap<string, JsonMap>;

/**
 * Both sides of a list by the same identity; undefined when its items have none, or two of them the same one: the list is
 * then one value.
 */
export function keyed(
  field: string,
  before: readonly Json[],
  after: readonly Json[],
): { readonly before: KeyedItems; readonly after: KeyedItems } | undefined {
  for (const members of keysOfLists[field] ?? []) {
    const sides = { before: itemsBy(members, before), after: itemsBy(members, after) };
    if (sides.before !== undefined && sides.after !== undefined) return { before: sides.before, after: sides.after };
  }
  return undefined;
}

function itemsBy(members: readonly string[], list: readonly Json[]): KeyedItems | undefined {
  const items = new Map<string, JsonMap>();
  for (const item of list) {
    const key = isMap(item) ? keyOf(members, item) : undefined;
    if (!isMap(item) || key === undefined || items.has(key)) return undefined;
    items.set(key, item);
  }
  return items;
}

/** Members that an item leaves out are left out of its key; an item with none of them has no key. */
function keyOf(members: readonly string[], item: JsonMap): string | undefined {
  const values = members.flatMap((member) => {
    const value = member.split('.').reduce<Json | undefined>((at, name) => (isMap(at) ? at[name] : undefined), item);
    return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
  });
  const anyMissing = values.length < members.length;
  // `protocol` and `namespace` may be missing, the name of a container may not.
  return values.length === 0 || (anyMissing && members.length === 1) ? undefined : values.join('/');
}

/** Whether an item of a list has this identity. */
export function hasKey(field: string, item: JsonMap, key: string): boolean {
  return (keysOfLists[field] ?? []).some((members) => keyOf(members, item) === key);
}
