import type { Environment } from '../../component';
import { numberVariable } from '../general-settings';
import type { FetchedAmount } from '../source';
import { StorageError } from '../storage-error';

/** What an archive may grow to before it is taken for a bomb. */
export interface ArchiveLimits {
  /** Bytes of all files together. */
  readonly bytes: number;
  /** Files, directories and links. */
  readonly entries: number;
  /** Bytes that come out for each that goes in, of archives from 100 MiB on. */
  readonly ratio: number;
}

/** Unpacked bytes below which no ratio is too good: a small file of zeros is no bomb. */
const ratioCountsFrom = 100 * 1024 * 1024;

/** Variables of the limits, which KServe has none of. */
const variables = {
  bytes: 'STORAGE_ARCHIVE_MAX_BYTES',
  entries: 'STORAGE_ARCHIVE_MAX_ENTRIES',
  ratio: 'STORAGE_ARCHIVE_MAX_RATIO',
} as const satisfies Record<keyof ArchiveLimits, string>;

/**
 * The limits of the environment. By default 1 TiB, since the largest models are near it; 1,000,000 entries; 200 to 1, which weights and
 * text stay far below and bombs far above.
 *
 * @throws ConfigError
 */
export function archiveLimits(environment: Environment): ArchiveLimits {
  return {
    bytes: numberVariable(environment, variables.bytes, {
      otherwise: 2 ** 40,
      least: 1,
      most: Number.MAX_SAFE_INTEGER,
    }),
    entries: numberVariable(environment, variables.entries, { otherwise: 1_000_000, least: 1, most: 1_000_000_000 }),
    ratio: numberVariable(environment, variables.ratio, { otherwise: 200, least: 1, most: 1_000_000 }),
  };
}

/** Counts what comes out of an archive, and ends it at the limits: an error, never a part of the archive. */
export class UnpackedAmount {
  private entries = 0;
  private files = 0;
  private bytes = 0;

  constructor(
    private readonly limits: ArchiveLimits,
    /** What the archive is, for messages. */
    private readonly from: string,
  ) {}

  /** @throws StorageError `unsafe` */
  addEntry(): void {
    this.entries += 1;
    if (this.entries > this.limits.entries) throw this.tooMuch('entries', `${this.limits.entries} entries`);
  }

  addFile(): void {
    this.files += 1;
  }

  /** Bytes that are about to be written. @throws StorageError `unsafe` */
  addBytes(count: number): void {
    this.bytes += count;
    if (this.bytes > this.limits.bytes) throw this.tooMuch('bytes', `${this.limits.bytes} bytes`);
  }

  /** @throws StorageError `unsafe` when more came out than so many bytes can honestly hold */
  checkRatio(packed: number, unpacked: number): void {
    if (unpacked < ratioCountsFrom || unpacked <= packed * this.limits.ratio) return;
    throw this.tooMuch('ratio', `${this.limits.ratio} times its own size`);
  }

  get total(): FetchedAmount {
    return { files: this.files, bytes: this.bytes };
  }

  private tooMuch(limit: keyof ArchiveLimits, what: string): StorageError {
    return new StorageError(
      'unsafe',
      `${this.from}: refusing the archive: it unpacks to more than ${what}; raise ${variables[limit]} if that is right`,
    );
  }
}
