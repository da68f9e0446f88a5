/** Bytes of an object's name. */
export const idSize = 20;

/**
 * The entries of a pack in the order in which they stand: 36 bytes for each, so that a repository of a million files takes 36 MB.
 */
export class PackEntries {
  /** Where each begins; one more for the end of the last. */
  readonly offsets: Float64Array;
  /** CRC-32 of the bytes in the pack. */
  readonly checksums: Uint32Array;
  private readonly ids: Buffer;
  private readonly named: Uint8Array;
  /** Entries by name, when all have theirs. */
  private order = new Uint32Array();

  constructor(readonly count: number) {
    this.offsets = new Float64Array(count + 1);
    this.checksums = new Uint32Array(count);
    this.ids = Buffer.alloc(count * idSize);
    this.named = new Uint8Array(count);
  }

  /** Name of an entry: valid for ever, not to be written to. */
  id(index: number): Buffer {
    return this.ids.subarray(index * idSize, (index + 1) * idSize);
  }

  hasId(index: number): boolean {
    return this.named[index] === 1;
  }

  setId(index: number, id: Buffer): void {
    id.copy(this.ids, index * idSize);
    this.named[index] = 1;
  }

  offset(index: number): number {
    return this.offsets[index] ?? 0;
  }

  /** The entry that begins at an offset. */
  startingAt(offset: number): number | undefined {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.offset(middle) < offset) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.offset(low) === offset ? low : undefined;
  }

  /** Call it when every entry has its name, before {@link find} and {@link sorted}. */
  sort(): void {
    this.order = Uint32Array.from({ length: this.count }, (_, index) => index);
    this.order.sort((a, b) => this.compare(a, this.id(b)));
  }

  /** Entries by name. */
  get sorted(): Uint32Array {
    return this.order;
  }

  /** The entry of a name. */
  find(id: Buffer): number | undefined {
    let [low, high] = [0, this.order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(this.order[middle] ?? 0, id) < 0) low = middle + 1;
      else high = middle;
    }
    const found = this.order[low];
    return found !== undefined && this.compare(found, id) === 0 ? found : undefined;
  }

  private compare(index: number, id: Buffer): number {
    return this.ids.compare(id, 0, idSize, index * idSize, (index + 1) * idSize);
  }
}
