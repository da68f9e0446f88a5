import type { JsonValue } from '../json';
import { parseJsonPath, valueAt, type JsonPath } from '../json-path';
import { contractRefusal } from './contract-refusal';

/** Why an item can't be put into a tensor; becomes ITEM_INVALID of the item. */
export class UnfitItem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnfitItem';
  }
}

/** The part of an item that goes into a tensor. @throws UnfitItem when the item has no such part */
export type ItemPart = (item: JsonValue) => JsonValue;

/**
 * Reads `from` of an input: nothing for the whole item, a column, columns separated by commas, or a JSONPath of names and positions
 * (`$.a.b`, `$['a']`, `$[0]`).
 *
 * @param setting what the contract calls it, for the error
 * @throws RunnerError with exit code 2
 */
export function itemPart(from: string | undefined, setting: string): ItemPart {
  if (from === undefined || from === '' || from === '$') return (item) => item;
  if (from.startsWith('$')) {
    const path = parseJsonPath(from);
    if (path !== undefined) return (item) => partAt(item, path, from);
    throw contractRefusal(`${setting}: ${from} is not understood, a path has steps like .name, ['name'] and [0]`);
  }
  const columns = from.split(',').map((column) => column.trim());
  if (columns.includes('')) throw contractRefusal(`${setting}: ${from}: a column has no name`);
  const [only] = columns;
  if (only !== undefined && columns.length === 1) return (item) => column(item, only);
  return (item) => columns.map((name) => column(item, name));
}

function partAt(item: JsonValue, path: JsonPath, from: string): JsonValue {
  const value = valueAt(item, path);
  if (value === undefined) throw new UnfitItem(`has nothing at ${from}`);
  return value;
}

function column(item: JsonValue, name: string): JsonValue {
  const value = valueAt(item, [name]);
  if (value === undefined) throw new UnfitItem(`has no column ${name}`);
  return value;
}
