import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { StoreIndex } from './store-index';
import { keyOf, type ObjectKey } from './object-key';

/** Told of changes of a store, after it has them. */
export interface StoreHandler<T extends KubernetesObject> {
  /** @param initial the object came with a list, not as news: it can wait */
  added?(object: T, initial: boolean): void;
  updated?(object: T, previous: T): void;
  /** @param object its last known state */
  deleted?(object: T): void;
}

/**
 * The objects of one kind as last seen, by key. One reflector writes, everybody reads.
 *
 * Guarantees: handlers see every object added before updated or deleted, in the server's order; a relist replaces
 * everything at once and yields the deletions that were missed; an object that was deleted and made anew in between is
 * deleted, then added.
 *
 * Caveats: objects are shared, never change them. A handler that throws is reported to `onHandlerError` and stops nobody.
 */
export class Store<T extends KubernetesObject> {
  private objects = new Map<ObjectKey, T>();
  private readonly indexes = new Map<string, StoreIndex<T>>();
  private readonly handlers = new Set<StoreHandler<T>>();
  private readonly firstList = Promise.withResolvers<void>();
  private isListed = false;

  constructor(private readonly onHandlerError: (error: unknown) => void) {}

  /** Whether the store has been filled at least once. Before that, an absent object means nothing. */
  get listed(): boolean {
    return this.isListed;
  }

  /** Resolves when the store has been filled for the first time. */
  async whenListed(): Promise<void> {
    return this.firstList.promise;
  }

  get size(): number {
    return this.objects.size;
  }

  get(key: ObjectKey): T | undefined {
    return this.objects.get(key);
  }

  /** All objects, or those of one namespace. */
  list(namespace?: string): readonly T[] {
    const all = [...this.objects.values()];
    return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace);
  }

  /**
   * Finds objects by values computed from them; kept up to date from now on.
   *
   * @param name of the index in this store; controllers that share the store share an index of the same name
   * @param valuesOf values under which an object is found
   */
  index(name: string, valuesOf: (object: T) => readonly string[]): StoreIndex<T> {
    const known = this.indexes.get(name);
    if (known !== undefined) return known;
    const index = new StoreIndex<T>({ valuesOf });
    for (const object of this.objects.values()) index.add(object);
    this.indexes.set(name, index);
    return index;
  }

  /** Calls the handler for each object there is, then for each change. @returns a function that ends it */
  subscribe(handler: StoreHandler<T>): () => void {
    this.handlers.add(handler);
    for (const object of this.objects.values()) this.tell(handler, () => handler.added?.(object, true));
    return () => this.handlers.delete(handler);
  }

  /** Takes over a complete list. */
  replace(objects: readonly T[]): void {
    const before = this.objects;
    this.objects = new Map(objects.map((object) => [keyOf(object), object]));
    this.isListed = true;
    const gone = [...before].filter(([key, object]) => this.objects.get(key)?.metadata.uid !== object.metadata.uid);
    for (const [, object] of before) this.unindex(object);
    for (const object of this.objects.values()) this.reindex(object);
    this.firstList.resolve();
    for (const [, object] of gone) this.notify((handler) => handler.deleted?.(object));
    for (const [key, object] of this.objects) {
      const previous = before.get(key);
      if (previous === undefined || previous.metadata.uid !== object.metadata.uid) {
        this.notify((handler) => handler.added?.(object, true));
      } else if (previous.metadata.resourceVersion !== object.metadata.resourceVersion) {
        this.notify((handler) => handler.updated?.(object, previous));
      }
    }
  }

  /** Takes over one object that is new or has changed. */
  upsert(object: T): void {
    const key = keyOf(object);
    const previous = this.objects.get(key);
    if (previous !== undefined && previous.metadata.uid !== object.metadata.uid) this.remove(previous);
    const replaced = this.objects.get(key);
    this.objects.set(key, object);
    if (replaced !== undefined) this.unindex(replaced);
    this.reindex(object);
    this.notify((handler) =>
      replaced === undefined ? handler.added?.(object, false) : handler.updated?.(object, replaced),
    );
  }

  /** Forgets one object. An object that is not there was never announced, so its deletion is not either. */
  remove(object: T): void {
    const key = keyOf(object);
    const known = this.objects.get(key);
    if (known === undefined) return;
    this.objects.delete(key);
    this.unindex(known);
    this.notify((handler) => handler.deleted?.(object));
  }

  private reindex(object: T): void {
    for (const index of this.indexes.values()) index.add(object);
  }

  private unindex(object: T): void {
    for (const index of this.indexes.values()) index.remove(object);
  }

  private notify(call: (handler: StoreHandler<T>) => void): void {
    for (const handler of this.handlers) this.tell(handler, call);
  }

  private tell(handler: StoreHandler<T>, call: (handler: StoreHandler<T>) => void): void {
    try {
      call(handler);
    } catch (error) {
      this.onHandlerError(error);
    }
  }
}
