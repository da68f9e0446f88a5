import { isMap, type Json, type JsonMap } from '../kubernetes/manifest';

/** Members by which items of Kubernetes' lists are told apart, the first that all items have, each its own. */
const mergeKeys: readonly (readonly string[])[] = [
  ['name'],
  ['mountPath'],
  ['containerPort', 'protocol'],
  ['port', 'protocol'],
  ['key'],
  ['topologyKey'],
  ['type'],
  ['devicePath'],
  ['ip'],
];

/**
 * Every value of an object by its path. Items of lists have their identity in the path where they have one
 * (`containers[manager]`), flags their name (`args[--port]`); items without are their own content, so that neither order nor a
 * neighbour makes a difference.
 */
export function leavesOf(object: JsonMap): Map<string, string> {
  return new Map(leaves('', object));
}

function leaves(path: string, value: Json): [string, string][] {
  if (Array.isArray(value)) return itemsOf(value).flatMap(([key, item]) => leaves(`${path}[${key}]`, item));
  if (!isMap(value)) return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[path, '{}']];
  return entries.flatMap(([key, member]) => leaves(path === '' ? key : `${path}.${keyText(key)}`, member));
}

/** Annotations and files have dots in their names. */
function keyText(key: string): string {
  return /[./]/.test(key) ? `"${key}"` : key;
}

function itemsOf(list: readonly Json[]): [string, Json][] {
  return flags(list) ?? merged(list) ?? list.map((item) => [JSON.stringify(item), 'yes'] as [string, Json]);
}

/** A program's arguments of the form `--name` or `--name=value`, each name once. */
function flags(list: readonly Json[]): [string, Json][] | undefined {
  const found = list.map((item): [string, Json] | undefined => {
    const [, name, value] = typeof item === 'string' ? (/^(--?[\w-]+)(?:=(.*))?$/s.exec(item) ?? []) : [];
    return name === undefined ? undefined : [name, value ?? 'yes'];
  });
  return found.every((one) => one !== undefined) ? unique(found) : undefined;
}

function merged(list: readonly Json[]): [string, Json][] | undefined {
  if (!list.every(isMap)) return undefined;
  for (const key of mergeKeys) {
    if (!list.every((item) => key.slice(0, 1).every((member) => item[member] !== undefined))) continue;
    const items = unique(list.map((item): [string, Json] => [keyOf(item, key), item]));
    if (items !== undefined) return items;
  }
  return undefined;
}

function keyOf(item: JsonMap, key: readonly string[]): string {
  return key.flatMap((member) => (item[member] === undefined ? [] : [scalarText(item[member])])).join('/');
}

function scalarText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function unique(items: [string, Json][]): [string, Json][] | undefined {
  return new Set(items.map(([key]) => key)).size === items.length && items.length > 0 ? items : undefined;
}
