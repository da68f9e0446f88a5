/** Reads bits, the highest of each byte first. */
export class BitReader {
  private held = 0;
  private heldBits = 0;
  private at = 0;

  /** @param skip bits of the first byte that were taken before */
  constructor(
    private readonly bytes: Buffer,
    skip: number,
  ) {
    this.bits(skip);
  }

  /** The next bits as a number. @param count at most 24 @throws Error when there are fewer */
  bits(count: number): number {
    while (this.heldBits < count) {
      const byte = this.bytes[this.at];
      if (byte === undefined) throw new Error('it ends too early');
      this.at += 1;
      this.held = (this.held << 8) | byte;
      this.heldBits += 8;
    }
    this.heldBits -= count;
    const value = this.held >>> this.heldBits;
    this.held &= (1 << this.heldBits) - 1;
    return value;
  }

  /** The next 32 bits. */
  word(): number {
    return this.bits(16) * 0x10000 + this.bits(16);
  }

  /** Bits that were taken. */
  get position(): number {
    return this.at * 8 - this.heldBits;
  }
}
