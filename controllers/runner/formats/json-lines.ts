import type { Item } from '../item';
import { parseJson } from '../json';
import type { ItemNumbering } from './item-numbering';
import type { ItemReader } from './item-reader';
import { LineSplitter } from './line-splitter';

/** Each line that isn't blank is an item: format `jsonl`. */
export function jsonLinesReader(numbering: ItemNumbering): ItemReader {
  return lineReader((text, bytes, items) => {
    if (blank(text)) return;
    items.push(jsonItem(text, bytes, numbering));
  }, numbering);
}

/** Each line is an item, blank ones too: format `text`. */
export function textLinesReader(numbering: ItemNumbering): ItemReader {
  return lineReader((text, bytes, items) => {
    items.push(numbering.valid(text.endsWith('\r') ? text.slice(0, -1) : text, bytes));
  }, numbering);
}

/** An item of its JSON, invalid when it is none. */
export function jsonItem(text: string, bytes: number, numbering: ItemNumbering): Item {
  try {
    return numbering.valid(parseJson(text), bytes);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The parser's message quotes the data, which must not get into a status.
    const [, position] = /at position (\d+)/.exec(error.message) ?? [];
    return numbering.invalid(`not JSON${position === undefined ? '' : ` at character ${position}`}`, text, bytes);
  }
}

function lineReader(take: (text: string, bytes: number, items: Item[]) => void, numbering: ItemNumbering): ItemReader {
  let items: Item[] = [];
  const splitter = new LineSplitter((text, bytes, unreadable) => {
    if (unreadable === undefined) take(text, bytes, items);
    else items.push(numbering.invalid(unreadable, text, bytes));
  });
  const taken = () => {
    const now = items;
    items = [];
    return now;
  };
  return {
    push: (piece) => {
      splitter.push(piece);
      return taken();
    },
    end: () => {
      splitter.end();
      return taken();
    },
  };
}

function blank(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0d) return false;
  }
  return true;
}
