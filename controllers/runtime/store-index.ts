import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { keyOf, type ObjectKey } from './object-key';

/** Computes the values under which an object is found. */
interface Indexer<T extends KubernetesObject> {
  valuesOf(object: T): readonly string[];
}

/** Objects of a store by values computed from them. The store writes it. */
export class StoreIndex<T extends KubernetesObject> {
  private readonly byValue = new Map<string, Map<ObjectKey, T>>();

  constructor(private readonly indexer: Indexer<T>) {}

  /** Objects with the value, in no particular order. */
  get(value: string): readonly T[] {
    return [...(this.byValue.get(value)?.values() ?? [])];
  }

  add(object: T): void {
    for (const value of this.indexer.valuesOf(object)) {
      const objects = this.byValue.get(value);
      if (objects === undefined) this.byValue.set(value, new Map([[keyOf(object), object]]));
      else objects.set(keyOf(object), object);
    }
  }

  /** @param object the one that was added: its values are computed again */
  remove(object: T): void {
    for (const value of this.indexer.valuesOf(object)) {
      const objects = this.byValue.get(value);
      objects?.delete(keyOf(object));
      if (objects?.size === 0) this.byValue.delete(value);
    }
  }
}
