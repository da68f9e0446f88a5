import { isUtf8 } from 'node:buffer';

/** Most bytes of a line: what a request can hold is far less, and memory is not for what can't be sent. */
const longestLine = 64 * 1024 * 1024;

/** Why a line has no text. */
export type UnreadableLine = 'not UTF-8' | 'longer than 64 MiB';

/**
 * @param text without the line feed; of an unreadable line what there is to show of it
 * @param bytes of the line as it was read
 */
export type TakeLine = (text: string, bytes: number, unreadable?: UnreadableLine) => void;

const lineFeed = 0x0a;
const replacement = '\uFFFD';
/** Characters of an unreadable line that are kept to show. */
const shown = 200;

/**
 * Cuts bytes into lines. All whole lines of a piece are decoded together and cut as text: a decoder called for each line takes longer
 * than everything else.
 *
 * Guarantees: a piece may be overwritten after `push`; no more than one line is kept.
 */
export class LineSplitter {
  /** The beginning of a line whose end is still to come. */
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private first = true;

  constructor(private readonly take: TakeLine) {}

  push(piece: Buffer): void {
    const lastFeed = piece.lastIndexOf(lineFeed);
    if (lastFeed < 0) return this.keep(piece);
    let from = 0;
    if (this.waitingBytes > 0) {
      const feed = piece.indexOf(lineFeed);
      this.keep(piece.subarray(0, feed));
      this.endWaiting();
      from = feed + 1;
    }
    if (from <= lastFeed) this.wholeLines(piece.subarray(from, lastFeed));
    this.keep(piece.subarray(lastFeed + 1));
  }

  /** There is no more: what is left is a line without line feed. */
  end(): void {
    if (this.waitingBytes > 0) this.endWaiting();
  }

  /** @param block lines with line feeds between them */
  private wholeLines(block: Buffer): void {
    const text = block.toString('utf8');
    // Replacement characters may be in the text itself; where there are any, each line is looked at.
    if (text.includes(replacement)) return this.oneByOne(block);
    const ascii = text.length === block.length;
    let start = this.afterMark(text);
    for (;;) {
      const feed = text.indexOf('\n', start);
      const line = feed < 0 ? text.slice(start) : text.slice(start, feed);
      this.take(line, ascii ? line.length : Buffer.byteLength(line));
      if (feed < 0) return;
      start = feed + 1;
    }
  }

  private oneByOne(block: Buffer): void {
    let start = 0;
    for (;;) {
      const feed = block.indexOf(lineFeed, start);
      this.single(feed < 0 ? block.subarray(start) : block.subarray(start, feed));
      if (feed < 0) return;
      start = feed + 1;
    }
  }

  private single(line: Buffer): void {
    const text = line.toString('utf8');
    const from = this.afterMark(text);
    if (text.includes(replacement) && !isUtf8(line)) this.take(text.slice(from, shown), line.length, 'not UTF-8');
    else this.take(text.slice(from), line.length);
  }

  /** Where the text begins: behind the byte order mark that some programs put before the first line. */
  private afterMark(text: string): number {
    const isFirst = this.first;
    this.first = false;
    return isFirst && text.startsWith('\uFEFF') ? 1 : 0;
  }

  private keep(piece: Buffer): void {
    if (piece.length === 0) return;
    if (this.waitingBytes <= longestLine) this.waiting.push(Buffer.from(piece));
    this.waitingBytes += piece.length;
  }

  private endWaiting(): void {
    const bytes = this.waitingBytes;
    const pieces = this.waiting;
    this.waiting = [];
    this.waitingBytes = 0;
    if (bytes <= longestLine) this.single(Buffer.concat(pieces));
    else this.take((pieces[0] ?? Buffer.alloc(0)).toString('utf8', 0, shown), bytes, 'longer than 64 MiB');
  }
}
