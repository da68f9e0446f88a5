import type { InvalidItem, Item } from '../item';
import type { JsonValue } from '../json';
import { valueAt, type JsonPath } from '../json-path';

/** Characters of an unreadable item that go to the dead letters: enough to find it, whatever its size. */
const keptText = 64 * 1024;

/** Gives items their places in the input, over all its files. */
export class ItemNumbering {
  private next = 0;

  /** @param idPath where in an item its id is; absent: the index */
  constructor(private readonly idPath: JsonPath | undefined) {}

  valid(value: JsonValue, bytes: number): Item {
    const index = this.next;
    const id = this.idPath === undefined ? String(index) : this.idOf(value, this.idPath);
    if (id === undefined) return this.invalid('the idField is missing, or neither text nor a number', '', bytes);
    this.next = index + 1;
    return { index, id, bytes, value };
  }

  invalid(why: string, text: string, bytes: number): InvalidItem {
    const index = this.next;
    this.next = index + 1;
    return { index, id: String(index), bytes, invalid: why, text: text.slice(0, keptText) };
  }

  private idOf(value: JsonValue, path: JsonPath): string | undefined {
    const id = valueAt(value, path);
    return typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint' ? String(id) : undefined;
  }
}
