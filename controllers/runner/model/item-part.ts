import { isList, isRecord, type JsonValue } from '../json';
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

type Step = string | number;

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
    const steps = pathSteps(from, setting);
    return (item) => follow(item, steps, from);
  }
  const columns = from.split(',').map((column) => column.trim());
  if (columns.includes('')) throw contractRefusal(`${setting}: ${from}: a column has no name`);
  const [only] = columns;
  if (only !== undefined && columns.length === 1) return (item) => column(item, only);
  return (item) => columns.map((name) => column(item, name));
}

function pathSteps(path: string, setting: string): readonly Step[] {
  const step = /\.([\p{L}_][\p{L}\p{N}_-]*)|\[(\d+)\]|\['((?:[^'\\]|\\['\\])*)'\]|\["((?:[^"\\]|\\["\\])*)"\]/uy;
  const steps: Step[] = [];
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const at = step.lastIndex;
    const [found, dotted, position, single, double] = step.exec(path) ?? [];
    if (found === undefined) {
      throw contractRefusal(
        `${setting}: ${path}: ${path.slice(at)} is not understood, a path has steps like .name, ['name'] and [0]`,
      );
    }
    if (position !== undefined) steps.push(Number(position));
    else steps.push(dotted ?? (single ?? double ?? '').replace(/\\(.)/g, '$1'));
  }
  return steps;
}

function follow(item: JsonValue, steps: readonly Step[], path: string): JsonValue {
  let value: JsonValue | undefined = item;
  for (const step of steps) {
    value = typeof step === 'number' && isList(value) ? value[step] : memberOf(value, step);
    if (value === undefined) throw new UnfitItem(`has nothing at ${path}`);
  }
  return value;
}

function column(item: JsonValue, name: string): JsonValue {
  const value = memberOf(item, name);
  if (value === undefined) throw new UnfitItem(`has no column ${name}`);
  return value;
}

function memberOf(value: JsonValue | undefined, name: Step): JsonValue | undefined {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
