import { errorCodes } from '../error-code';
import { ItemError, type ValidItem } from '../item';
import type { JsonValue } from '../json';
import type { InputLayout } from './input-layout';
import { UnfitItem } from './item-part';
import { fittingDimensions, size } from './shape';

/** An item as one row of each input tensor. */
export interface TensorRow {
  /** Position in the batch. */
  readonly position: number;
  /** One for each tensor. */
  readonly values: readonly JsonValue[];
  /** Without the batch, one for each tensor. */
  readonly dimensions: readonly (readonly number[])[];
}

/** Rows that can share a request, and items that can't be sent. */
export interface TensorRows {
  readonly groups: readonly (readonly TensorRow[])[];
  readonly refused: ReadonlyMap<number, ItemError>;
}

/**
 * Makes rows of items.
 *
 * Where config or model say what a row is, rows of different lengths are as it says, and go in requests of their own. Where nobody says,
 * the rows of a batch must be alike: those that differ from most are refused.
 */
export function tensorRows(items: readonly ValidItem[], layouts: readonly InputLayout[]): TensorRows {
  const refused = new Map<number, ItemError>();
  const rows: TensorRow[] = [];
  const fits = layouts.map(({ wanted }) => (wanted === undefined ? asTheyAre : fitterTo(wanted)));
  items.forEach((item, position) => {
    try {
      rows.push(rowOf(item, position, layouts, fits));
    } catch (error) {
      if (!(error instanceof UnfitItem)) throw error;
      refused.set(position, invalid(item, error.message));
    }
  });
  const groups = alike(rows);
  if (groups.length < 2 || layouts.every(({ wanted }) => wanted !== undefined)) return { groups, refused };
  const most = groups.reduce((largest, group) => (group.length > largest.length ? group : largest));
  for (const group of groups) {
    if (group === most) continue;
    for (const { position, dimensions } of group) {
      const item = items[position];
      if (item === undefined) continue;
      const words = `has values of shape ${shapes(dimensions)} where most items of the batch have ${shapes(most[0]?.dimensions ?? [])}`;
      refused.set(position, invalid(item, words));
    }
  }
  return { groups: [most], refused };
}

function rowOf(
  { value }: ValidItem,
  position: number,
  layouts: readonly InputLayout[],
  fits: readonly Fit[],
): TensorRow {
  // Of the right length from the beginning: a list that grows takes room for seventeen, and this is made for every item.
  const values = new Array<JsonValue>(layouts.length);
  const dimensions = new Array<readonly number[]>(layouts.length);
  layouts.forEach(({ name, part, cells, sent }, tensor) => {
    try {
      const read = cells(part(value));
      values[tensor] = sent(read.value);
      dimensions[tensor] = (fits[tensor] ?? asTheyAre)(read.dimensions);
    } catch (error) {
      throw error instanceof UnfitItem ? new UnfitItem(`input ${name}: ${error.message}`) : error;
    }
  });
  return { position, values, dimensions };
}

/** The dimensions of an item in its tensor. @throws UnfitItem */
type Fit = (own: readonly number[]) => readonly number[];

const asTheyAre: Fit = (own) => own;

/** Fits dimensions to those that are wanted; those that are the same object as before have the same answer. */
function fitterTo(wanted: readonly number[]): Fit {
  let last: { readonly own: readonly number[]; readonly fitted: readonly number[] } | undefined;
  return (own) => {
    if (last?.own !== own) last = { own, fitted: fitted(own, wanted) };
    return last.fitted;
  };
}

function fitted(own: readonly number[], wanted: readonly number[]): readonly number[] {
  const dimensions = fittingDimensions(own, wanted);
  if (dimensions !== undefined) return dimensions;
  const fixed = wanted.every((length) => length !== -1);
  if (own.length <= 1 && fixed) throw new UnfitItem(`has ${size(own)} values where ${size(wanted)} are expected`);
  throw new UnfitItem(`has values of shape ${shapes([own])} where ${shapes([wanted])} is expected`);
}

function alike(rows: readonly TensorRow[]): readonly (readonly TensorRow[])[] {
  const [first] = rows;
  if (first === undefined) return [];
  // The usual case without the cost of naming the shape of each row.
  if (rows.every((row) => sameDimensions(row, first))) return [rows];
  return [...Map.groupBy(rows, ({ dimensions }) => shapes(dimensions)).values()];
}

function sameDimensions(one: TensorRow, other: TensorRow): boolean {
  return one.dimensions.every((dimensions, tensor) => {
    const others = other.dimensions[tensor] ?? [];
    if (dimensions === others) return true;
    return dimensions.length === others.length && dimensions.every((length, axis) => length === others[axis]);
  });
}

function shapes(dimensions: readonly (readonly number[])[]): string {
  return dimensions.map((lengths) => `[${lengths.join(',')}]`).join(' ');
}

function invalid({ id }: ValidItem, message: string): ItemError {
  return new ItemError(errorCodes.itemInvalid, `item ${id}: ${message}`, true);
}
