import { BrokenDocument } from './item-reader';
import type { JsonPath } from '../json-path';

/** Members of a document in which items may be, when nobody said where. */
const usualMembers: readonly unknown[] = ['result', 'instances', 'items', 'data'];

/** Most bytes of an element. */
const largestElement = 64 * 1024 * 1024;

const [quote, backslash, comma, openList, closeList, openMap, closeMap] = [0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d];

/** A list or map around the place where the scanner is. */
interface Container {
  readonly list: boolean;
  /** Name of the member, or position in the list. */
  at: string | number;
  /** The next text is the name of a member. */
  naming: boolean;
}

/**
 * Finds the elements of one array in a JSON document, however large it is: what is before is passed over, what is in it is handed out as
 * it comes, what is behind is not looked at. Whether an element is JSON is for who takes it to say.
 */
export class JsonArrayScanner {
  private readonly around: Container[] = [];
  private state: 'seeking' | 'inside' | 'behind' = 'seeking';
  private inText = false;
  private escaped = false;
  /** Lists and maps that are open within the element. */
  private depth = 0;
  /** Bytes of the element, or of a name, from pieces before. */
  private pending: Buffer[] = [];
  private pendingBytes = 0;

  /** @param path to the array; absent: the document itself, else the first array among its usual members */
  constructor(
    private readonly path: JsonPath | undefined,
    private readonly take: (element: Buffer) => void,
  ) {}

  push(piece: Buffer): void {
    let at = 0;
    if (this.state === 'seeking') at = this.seek(piece);
    if (this.state === 'inside') this.elements(piece, at);
  }

  /** @throws BrokenDocument when the array was not found, or its end did not come */
  end(): void {
    if (this.state === 'inside') throw new BrokenDocument('the document ends in the middle');
    if (this.state === 'seeking') throw new BrokenDocument(`there is no array at ${this.wanted()}`);
  }

  private wanted(): string {
    return this.path === undefined
      ? `the top, nor in ${usualMembers.join(', ')}`
      : `$${this.path.map((step) => `[${JSON.stringify(step)}]`).join('')}`;
  }

  /** @returns where the first element begins; the length of the piece when that is not in it */
  private seek(piece: Buffer): number {
    let textFrom = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at] ?? 0;
      if (this.inText) {
        if (this.escaped) this.escaped = false;
        else if (byte === backslash) this.escaped = true;
        else if (byte === quote) {
          this.inText = false;
          this.endText(piece.subarray(textFrom, at));
        }
        continue;
      }
      switch (byte) {
        case quote:
          this.inText = true;
          textFrom = at + 1;
          break;
        case openList:
          if (this.isWanted()) {
            this.state = 'inside';
            return at + 1;
          }
          this.around.push({ list: true, at: 0, naming: false });
          break;
        case openMap:
          this.around.push({ list: false, at: '', naming: true });
          break;
        case closeList:
        case closeMap:
          this.around.pop();
          break;
        case comma:
          this.nextMember();
          break;
        default:
          break;
      }
    }
    // A name that goes on in the next piece.
    if (this.inText && this.isNaming()) this.keep(piece.subarray(textFrom));
    return piece.length;
  }

  private isNaming(): boolean {
    return this.around.at(-1)?.naming === true;
  }

  private endText(rest: Buffer): void {
    const container = this.around.at(-1);
    if (container?.naming !== true) return;
    this.keep(rest);
    try {
      container.at = String(JSON.parse(`"${this.taken().toString('utf8')}"`));
    } catch {
      throw new BrokenDocument('the name of a member is not JSON');
    }
    container.naming = false;
  }

  private nextMember(): void {
    const container = this.around.at(-1);
    if (container === undefined) return;
    if (container.list) container.at = Number(container.at) + 1;
    else container.naming = true;
  }

  private isWanted(): boolean {
    const { around, path } = this;
    if (path !== undefined) return around.length === path.length && around.every(({ at }, index) => at === path[index]);
    return around.length === 0 || (around.length === 1 && usualMembers.includes(around[0]?.at));
  }

  private elements(piece: Buffer, begin: number): void {
    let from = begin;
    for (let at = begin; at < piece.length; at += 1) {
      const byte = piece[at];
      if (this.inText) {
        if (this.escaped) this.escaped = false;
        else if (byte === backslash) this.escaped = true;
        else if (byte === quote) this.inText = false;
        continue;
      }
      if (byte === quote) this.inText = true;
      else if (byte === openList || byte === openMap) this.depth += 1;
      else if (byte === comma && this.depth === 0) {
        this.endElement(piece.subarray(from, at), false);
        from = at + 1;
      } else if (byte === closeList || byte === closeMap) {
        this.depth -= 1;
        if (this.depth >= 0) continue;
        this.endElement(piece.subarray(from, at), true);
        this.state = 'behind';
        return;
      }
    }
    this.keep(piece.subarray(from));
  }

  /** @param last an empty array has no element, and nothing behind its bracket is one */
  private endElement(rest: Buffer, last: boolean): void {
    this.keep(rest);
    const element = this.taken();
    if (last && this.empty && /^\s*$/.test(element.toString('latin1', 0, 1000))) return;
    this.empty = false;
    this.take(element);
  }

  private empty = true;

  private keep(piece: Buffer): void {
    if (piece.length === 0) return;
    this.pendingBytes += piece.length;
    if (this.pendingBytes > largestElement) throw new BrokenDocument('an element is larger than 64 MiB');
    this.pending.push(Buffer.from(piece));
  }

  private taken(): Buffer {
    const { pending } = this;
    this.pending = [];
    this.pendingBytes = 0;
    return pending.length === 1 && pending[0] !== undefined ? pending[0] : Buffer.concat(pending);
  }
}
