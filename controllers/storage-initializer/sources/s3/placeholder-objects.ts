import type { ListedObject } from './listing-page';

/**
 * Takes out of a listing what only stands for a folder: keys that end in `/`, and objects without bytes that other keys have as their
 * parent, as Hadoop and consoles make them (SD-02).
 *
 * Needs the listing in the order of keys. An empty object waits until its children would have come; those that wait are each the
 * beginning of the next, so there are never more than a key has letters.
 */
export async function* withoutPlaceholders(objects: AsyncIterable<ListedObject>): AsyncGenerator<ListedObject> {
  let waiting: ListedObject[] = [];
  for await (const object of objects) {
    const before = waiting;
    waiting = [];
    for (const empty of before) {
      if (object.key.startsWith(`${empty.key}/`)) continue;
      if (mayHaveChildrenAfter(empty.key, object.key)) waiting.push(empty);
      else yield empty;
    }
    if (object.key.endsWith('/')) continue;
    if (object.size === 0) waiting.push(object);
    else yield object;
  }
  yield* waiting;
}

/** Whether keys below `parent + "/"` come later than `key`: `a-b` comes between `a` and `a/b`. */
function mayHaveChildrenAfter(parent: string, key: string): boolean {
  return key.startsWith(parent) && key.charCodeAt(parent.length) < '/'.charCodeAt(0);
}
