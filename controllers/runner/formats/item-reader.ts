import type { Item } from '../item';

/** Makes items of the bytes of one file or answer, piece by piece. */
export interface ItemReader {
  /**
   * @returns the items that end in this piece; the piece may be overwritten afterwards
   * @throws BrokenDocument
   */
  push(piece: Buffer): readonly Item[];
  /** There is no more. @returns the last items */
  end(): readonly Item[];
}

/** The file is not of its format, as a whole: no item of it can be told from another. */
export class BrokenDocument extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BrokenDocument';
  }
}
