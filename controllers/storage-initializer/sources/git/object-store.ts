import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { brokenPack } from './broken-pack';
import { applyDelta } from './delta';
import { ContentCache, keepContent, type ObjectContent } from './object-content';
import { PackEntries } from './pack-entries';
import { checksumSize, packHeaderSize, type ObjectType, type PackEntry, type PackFile } from './pack-file';

/** An object as it is read. */
export interface ReadObject {
  readonly type: ObjectType;
  readonly size: number;
  readonly chunks: AsyncIterable<Buffer>;
}

/** Bytes that are read from an object in a file at a time. */
const pieceSize = 256 * 1024;
/** Entries after which others get their turn: signals, timers. */
const turn = 256;

/**
 * The objects of a pack by name. Names are computed from the bytes, never believed: who finds a name has the right bytes.
 */
export class ObjectStore {
  private readonly cache = new ContentCache();

  private constructor(
    private readonly pack: PackFile,
    readonly entries: PackEntries,
    private readonly scratch: string,
  ) {}

  /**
   * Reads a pack through and names what is in it: first the objects that stand for themselves, then those that are made from others.
   *
   * @param scratch directory for large objects while others are made from them
   * @throws StorageError `corrupt`
   */
  static async index(pack: PackFile, scratch: string, signal: AbortSignal): Promise<ObjectStore> {
    const store = new ObjectStore(pack, new PackEntries(pack.count()), scratch);
    try {
      await store.readThrough(signal);
      for (let left = store.unnamed(); left.length > 0;) {
        await store.nameDeltas(left, signal);
        const still = store.unnamed();
        if (still.length === left.length) throw brokenPack('deltas are for objects that are not in it');
        left = still;
      }
      store.entries.sort();
      return store;
    } catch (error) {
      store.close();
      throw brokenPack(error);
    }
  }

  /** An object by its name. @throws StorageError `corrupt` when the server has left it out */
  async read(id: Buffer): Promise<ReadObject> {
    const index = this.entries.find(id);
    if (index === undefined) throw brokenPack(`the object ${id.toString('hex')} is not in it`);
    const entry = this.entryOf(index);
    if (entry.type !== 'delta') return { type: entry.type, size: entry.size, chunks: this.pack.contents(entry) };
    const { type, content } = await this.resolve(index);
    return { type, size: content.size, chunks: this.returned(index, content) };
  }

  close(): void {
    this.cache.close();
  }

  /** Offsets, checksums, and names of all but deltas. */
  private async readThrough(signal: AbortSignal): Promise<void> {
    const { pack, entries } = this;
    let offset = packHeaderSize;
    for (let index = 0; index < entries.count; index += 1) {
      if (index % turn === 0) await setImmediate();
      signal.throwIfAborted();
      entries.offsets[index] = offset;
      const entry = pack.entry(offset);
      const start = offset;
      const chunks = pack.contents(entry, (end) => (offset = end));
      if (entry.type === 'delta') for await (const chunk of chunks) void chunk;
      else entries.setId(index, await objectId(entry.type, entry.size, chunks));
      let checksum = 0;
      for (const raw of pack.rawBytes(start, offset)) checksum = crc32(raw, checksum);
      entries.checksums[index] = checksum;
    }
    entries.offsets[entries.count] = offset;
    if (offset !== pack.size - checksumSize) throw brokenPack('there is something behind its objects');
  }

  private unnamed(): readonly number[] {
    const left: number[] = [];
    for (let index = 0; index < this.entries.count; index += 1) if (!this.entries.hasId(index)) left.push(index);
    return left;
  }

  private async nameDeltas(left: readonly number[], signal: AbortSignal): Promise<void> {
    const known = this.namesOfBases(left);
    for (const [done, index] of left.entries()) {
      if (done % turn === 0) await setImmediate();
      signal.throwIfAborted();
      if (!this.isResolvable(index, known)) continue;
      const { type, content } = await this.resolve(index, known);
      this.entries.setId(index, await objectId(type, content.size, pieces(content)));
      this.cache.put(index, content);
    }
  }

  /** Entries by name, when deltas name their bases: servers that we ask for offsets hardly ever do. */
  private namesOfBases(left: readonly number[]): ReadonlyMap<string, number> {
    const known = new Map<string, number>();
    const byName = left.some((index) => 'id' in (this.entryOf(index).base ?? {}));
    for (let index = 0; byName && index < this.entries.count; index += 1) {
      if (this.entries.hasId(index)) known.set(this.entries.id(index).toString('latin1'), index);
    }
    return known;
  }

  private isResolvable(index: number, known: ReadonlyMap<string, number>): boolean {
    let at: number | undefined = index;
    while (at !== undefined && this.entryOf(at).type === 'delta') at = this.baseOf(at, known);
    return at !== undefined;
  }

  private entryOf(index: number): PackEntry {
    return this.pack.entry(this.entries.offset(index));
  }

  /** What an object is, at the end of its chain of deltas. */
  private typeOf(index: number, known: ReadonlyMap<string, number> | undefined): ObjectType {
    for (let at = index; ; at = this.knownBaseOf(at, known)) {
      const { type } = this.entryOf(at);
      if (type !== 'delta') return type;
    }
  }

  private knownBaseOf(index: number, known: ReadonlyMap<string, number> | undefined): number {
    const base = this.baseOf(index, known);
    if (base === undefined) throw brokenPack('a delta is for an object that is not in it');
    return base;
  }

  private baseOf(index: number, known: ReadonlyMap<string, number> | undefined): number | undefined {
    const { base } = this.entryOf(index);
    if (base === undefined) return undefined;
    if ('id' in base) return known === undefined ? this.entries.find(base.id) : known.get(base.id.toString('latin1'));
    const found = this.entries.startingAt(base.offset);
    if (found === undefined) throw brokenPack('a delta is for something within another object');
    return found;
  }

  /** Makes the object of a delta, from the end of its chain on. The caller puts the content back. */
  private async resolve(
    index: number,
    known?: ReadonlyMap<string, number>,
  ): Promise<{ type: ObjectType; content: ObjectContent }> {
    const chain: number[] = [];
    let at = index;
    let content = this.cache.take(at);
    while (content === undefined && this.entryOf(at).type === 'delta') {
      chain.push(at);
      at = this.knownBaseOf(at, known);
      content = this.cache.take(at);
    }
    const type = this.typeOf(at, known);
    if (content === undefined) {
      const entry = this.entryOf(at);
      content = await keepContent(this.pack.contents(entry), () => entry.size, this.scratch);
    }
    for (const next of chain.reverse()) {
      const made = await this.applied(content, next);
      this.cache.put(at, content);
      [content, at] = [made, next];
    }
    return { type, content };
  }

  private async applied(base: ObjectContent, index: number): Promise<ObjectContent> {
    let size = 0;
    const delta = this.pack.contents(this.entryOf(index));
    try {
      return await keepContent(
        applyDelta(base, delta, (told) => (size = told)),
        () => size,
        this.scratch,
      );
    } catch (error) {
      base.close();
      throw error;
    }
  }

  private async *returned(index: number, content: ObjectContent): AsyncGenerator<Buffer> {
    try {
      yield* pieces(content);
    } finally {
      this.cache.put(index, content);
    }
  }
}

function* pieces(content: ObjectContent): Generator<Buffer> {
  for (let at = 0; at < content.size; at += pieceSize) yield content.read(at, Math.min(pieceSize, content.size - at));
}

/** The name of an object: SHA-1 of what it is, its size and its bytes. */
async function objectId(
  type: ObjectType,
  size: number,
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<Buffer> {
  const hash = createHash('sha1').update(`${type} ${size}\0`);
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest();
}
