/** What a server said is not git's protocol, or is an error that it has put into words. */
export class GitProtocolError extends Error {}

/** A line of git's protocol: bytes, or the mark at the end of a section. */
export type PktLine = Buffer | 'flush';

/** What a line's length is written in. */
const lengthDigits = 4;

/** Cuts the bytes of an answer into the lines of git's protocol; keeps no more than a line. */
export class PktLineReader {
  private rest: Buffer = Buffer.alloc(0);

  /** The lines that are complete with this chunk. @throws GitProtocolError for bytes that are not git's protocol */
  *add(chunk: Buffer): Generator<PktLine> {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    for (;;) {
      if (this.rest.length < lengthDigits) return;
      const digits = this.rest.toString('latin1', 0, lengthDigits);
      const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : NaN;
      if (length === 0) {
        this.rest = this.rest.subarray(lengthDigits);
        yield 'flush';
        continue;
      }
      if (!(length >= lengthDigits)) throw new GitProtocolError(`${JSON.stringify(digits)} is no length of a line`);
      if (this.rest.length < length) return;
      const line = this.rest.subarray(lengthDigits, length);
      this.rest = this.rest.subarray(length);
      yield line;
    }
  }

  /** Whether the bytes ended within a line. */
  get incomplete(): boolean {
    return this.rest.length > 0;
  }
}

/** A line as it is sent. */
export function pktLine(text: string): string {
  return (Buffer.byteLength(text) + lengthDigits).toString(16).padStart(lengthDigits, '0') + text;
}

export const flushLine = '0000';
