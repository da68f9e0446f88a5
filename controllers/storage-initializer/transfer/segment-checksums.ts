import { runningChecksum, type ChecksumAlgorithm, type RunningChecksum } from './checksum';

/** The checksums of the segments of a stretch, which begins at a segment, while its bytes come. */
export class SegmentChecksums {
  private readonly done: RunningChecksum[] = [];
  private current: RunningChecksum | undefined;
  private left = 0;

  constructor(
    private readonly algorithm: ChecksumAlgorithm,
    private readonly size: number,
  ) {}

  update(chunk: Buffer): void {
    for (let from = 0; from < chunk.length;) {
      if (this.current === undefined) {
        this.current = runningChecksum(this.algorithm);
        this.left = this.size;
      }
      const piece = chunk.subarray(from, from + this.left);
      this.current.update(piece);
      from += piece.length;
      this.left -= piece.length;
      if (this.left === 0) this.endSegment();
    }
  }

  /** One value for each segment; the last one may be shorter. */
  async values(): Promise<readonly string[]> {
    this.endSegment();
    return Promise.all(this.done.map(async (checksum) => checksum.value()));
  }

  private endSegment(): void {
    if (this.current !== undefined) this.done.push(this.current);
    this.current = undefined;
  }
}
