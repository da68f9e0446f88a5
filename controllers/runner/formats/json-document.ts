import type { Item } from '../item';
import type { ItemNumbering } from './item-numbering';
import type { ItemReader } from './item-reader';
import { JsonArrayScanner } from './json-array-scanner';
import { jsonItem } from './json-lines';
import type { JsonPath } from '../json-path';

/** The elements of an array in a document are the items: format `json`. */
export function jsonDocumentReader(numbering: ItemNumbering, path: JsonPath | undefined): ItemReader {
  let items: Item[] = [];
  const scanner = new JsonArrayScanner(path, (element) => {
    items.push(jsonItem(element.toString('utf8').trim(), element.length, numbering));
  });
  return {
    push(piece) {
      items = [];
      scanner.push(piece);
      return items;
    },
    end() {
      scanner.end();
      return [];
    },
  };
}
