import type { CsvSettings } from '../../../definitions/inference/storage/input-format';
import type { Item } from '../item';
import type { JsonValue } from '../json';
import type { ItemNumbering } from './item-numbering';
import { BrokenDocument, type ItemReader } from './item-reader';
import { LineSplitter } from './line-splitter';

/** Most characters of a row with line breaks in it: an odd quote must not make one row of the rest of the file. */
const longestRow = 16 * 1024 * 1024;

const number = /^-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

/**
 * Each row is an item: a map of the columns' names to its cells, or a list of cells where there is no header: format `csv`, as RFC 4180
 * has it. Rows with too few or too many cells are invalid items.
 */
export function csvReader(numbering: ItemNumbering, settings: CsvSettings): ItemReader {
  const { header = true, delimiter = ',', types = 'auto' } = settings;
  const cell = types === 'auto' ? typedCell : (text: string) => text;
  let columns: readonly string[] | undefined;
  let width: number | undefined;
  let items: Item[] = [];

  const takeRow = (row: string, bytes: number) => {
    if (row === '') return;
    const cells = cellsOf(row, delimiter);
    if (cells === undefined) {
      items.push(numbering.invalid('a quote stands in the middle of a cell', row, bytes));
      return;
    }
    if (header && columns === undefined) {
      columns = columnNames(cells);
      width = columns.length;
      return;
    }
    width ??= cells.length;
    if (cells.length !== width) {
      items.push(numbering.invalid(`${cells.length} cells where there are ${width} columns`, row, bytes));
      return;
    }
    const values = cells.map(({ text, quoted }) => (quoted ? text : cell(text)));
    const names = columns;
    items.push(
      numbering.valid(
        names === undefined ? values : Object.fromEntries(values.map((value, at) => [names[at] ?? '', value])),
        bytes,
      ),
    );
  };

  // A row goes on in the next line as long as a quote is open: there are two for each cell, and two for each quote in it.
  let [open, openBytes] = ['', 0];
  const splitter = new LineSplitter((text, bytes, unreadable) => {
    if (unreadable !== undefined) {
      items.push(numbering.invalid(unreadable, text, bytes));
      return;
    }
    if (open === '' && !text.includes('"')) {
      takeRow(withoutReturn(text), bytes);
      return;
    }
    open = open === '' ? text : `${open}\n${text}`;
    openBytes += bytes;
    const complete = hasEvenQuotes(open);
    if (!complete && open.length <= longestRow) return;
    if (complete) takeRow(withoutReturn(open), openBytes);
    else items.push(numbering.invalid('a quote is not closed', open, openBytes));
    [open, openBytes] = ['', 0];
  });

  const taken = () => {
    const now = items;
    items = [];
    return now;
  };
  return {
    push(piece) {
      splitter.push(piece);
      return taken();
    },
    end() {
      splitter.end();
      if (open !== '') items.push(numbering.invalid('a quote is not closed', open, openBytes));
      open = '';
      return taken();
    },
  };
}

interface Cell {
  readonly text: string;
  /** It is text, whatever it looks like. */
  readonly quoted: boolean;
}

function columnNames(cells: readonly Cell[]): readonly string[] {
  const names = cells.map(({ text }) => text);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new BrokenDocument(`two columns are called ${JSON.stringify(twice)}`);
  return names;
}

/** @returns undefined for a row that is none */
function cellsOf(row: string, delimiter: string): readonly Cell[] | undefined {
  if (!row.includes('"')) return row.split(delimiter).map((text) => ({ text, quoted: false }));
  const cells: Cell[] = [];
  for (let at = 0; ;) {
    const quoted = row[at] === '"';
    const end = quoted ? closingQuote(row, at) + 1 : endOf(row, delimiter, at);
    const text = quoted ? row.slice(at + 1, end - 1).replaceAll('""', '"') : row.slice(at, end);
    if (!quoted && text.includes('"')) return undefined;
    cells.push({ text, quoted });
    if (end >= row.length) return cells;
    if (row[end] !== delimiter) return undefined;
    at = end + 1;
  }
}

function endOf(row: string, delimiter: string, from: number): number {
  const at = row.indexOf(delimiter, from);
  return at < 0 ? row.length : at;
}

/** The quote that ends the cell, two in a row being one in it. The row has an even number of them: there is one. */
function closingQuote(row: string, opening: number): number {
  for (let at = row.indexOf('"', opening + 1); at >= 0; at = row.indexOf('"', at + 2)) {
    if (row[at + 1] !== '"') return at;
  }
  return row.length - 1;
}

function hasEvenQuotes(row: string): boolean {
  let count = 0;
  for (let at = row.indexOf('"'); at >= 0; at = row.indexOf('"', at + 1)) count += 1;
  return count % 2 === 0;
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** Numbers as JSON writes them: 007 and +1 are texts, and may be ids. */
function typedCell(text: string): JsonValue {
  if (text === '') return null;
  if (text === 'true') return true;
  if (text === 'false') return false;
  const [matched, fraction, exponent] = number.exec(text) ?? [];
  if (matched === undefined) return text;
  const value = Number(text);
  if (fraction === undefined && exponent === undefined && !Number.isSafeInteger(value)) return BigInt(text);
  return Number.isFinite(value) ? value : text;
}
