import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Compression } from '../../../../definitions/inference/storage/input-format';
import { compressed } from '../../formats/compression';
import { deadLetters, type ResultWriter } from '../../formats/result-writer';
import type { FailedItem, ItemResult } from '../../item';
import type { Range } from '../../output';
import { GrowingFile } from './growing-file';
import { journalLine, type JournalEntry, type JournalOwner } from './journal';
import type { PartNames } from './part-names';
import { countOf, withRanges, type Ranges } from './ranges';

/** How parts are written. */
export interface OpenPartOptions {
  readonly folder: string;
  readonly names: PartNames;
  readonly writer: ResultWriter;
  readonly compression: Compression;
  readonly writesErrors: boolean;
  /** Whether to keep a journal, from which a later process continues the part. */
  readonly journal: JournalOwner | undefined;
}

/** A part that is ready to be kept. */
export interface FinishedPart {
  readonly ranges: Ranges;
  readonly failed: number;
  readonly results: FinishedFile;
  /** Absent: no item failed. */
  readonly errors: FinishedFile | undefined;
}

export interface FinishedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The files of an open part, and what is known of them. */
export interface OpenPartFiles {
  readonly results: GrowingFile;
  readonly errors: GrowingFile;
  readonly journal: FileHandle | undefined;
  readonly ranges: Ranges;
  readonly failed: number;
}

/**
 * The part that is being written: a file with results and one with dead letters, and the journal, which has a line for each append. The
 * line has the checksum of the bytes, so that both can be written at the same time: a later process knows which items are in the files,
 * and cuts off the rest. So that it can, the files are compressed when the part is finished, and not before.
 */
export class OpenPart {
  private ranges: Ranges;
  private failed: number;
  private hasResults: boolean;
  private closed = false;

  constructor(
    private readonly options: OpenPartOptions,
    private readonly files: OpenPartFiles,
  ) {
    this.ranges = files.ranges;
    this.failed = files.failed;
    this.hasResults = files.results.length > 0;
  }

  static async begin(options: OpenPartOptions): Promise<OpenPart> {
    const { folder, names, journal: owner } = options;
    const results = await GrowingFile.create(join(folder, names.open.results));
    const errors = await GrowingFile.create(join(folder, names.open.errors));
    let journal: FileHandle | undefined;
    if (owner !== undefined) {
      journal = await open(join(folder, names.open.journal), 'w');
      await journal.write(journalLine(owner));
    }
    return new OpenPart(options, { results, errors, journal, ranges: [], failed: 0 });
  }

  get items(): number {
    return countOf(this.ranges);
  }

  /** Items that are in the files: durable after a {@link sync}. */
  get doneRanges(): Ranges {
    return this.ranges;
  }

  get failedItems(): number {
    return this.failed;
  }

  /** On return what was appended is done for a later process, however this one ends. @returns bytes that were written */
  async append(ranges: Ranges, results: readonly ItemResult[], failed: readonly FailedItem[]): Promise<number> {
    const { writer, writesErrors } = this.options;
    const { files } = this;
    const text = Buffer.from(writer.write(results, !this.hasResults));
    const letters = Buffer.from(writesErrors ? deadLetters(failed) : '');
    const writes: Promise<unknown>[] = [];
    if (text.length > 0) writes.push(files.results.append(text));
    if (letters.length > 0) writes.push(files.errors.append(letters));
    const whole = { results: files.results.stretch, errors: files.errors.stretch };
    const line = journalLine({ ranges: pairsOf(ranges), failed: failed.length, ...whole });
    if (files.journal !== undefined) writes.push(files.journal.write(line));
    await Promise.all(writes);
    this.hasResults ||= text.length > 0;
    this.ranges = withRanges(this.ranges, ranges);
    this.failed += failed.length;
    return text.length + letters.length;
  }

  /** Makes durable what was appended. */
  async sync(): Promise<void> {
    const { results, errors, journal } = this.files;
    await results.sync();
    await errors.sync();
    await journal?.sync();
  }

  /** Ends the part. Its files stay in the folder, durable there, for the store to keep. */
  async finish(): Promise<FinishedPart> {
    const { results, errors } = this.files;
    const end = this.options.writer.end(!this.hasResults);
    // Not in the journal: a part that is continued has no end yet.
    if (end !== '') await results.append(Buffer.from(end));
    await this.sync();
    const { compression } = this.options;
    const file = compression === 'none' ? finishedFile(results) : await this.compressedFile(compression);
    await this.close();
    return {
      ranges: this.ranges,
      failed: this.failed,
      results: file,
      errors: errors.length > 0 ? finishedFile(errors) : undefined,
    };
  }

  /** Lets the files go; they stay as they are. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const { results, errors, journal } = this.files;
    await Promise.all([results.close(), errors.close(), journal?.close()]);
  }

  private async compressedFile(compression: 'gzip' | 'zstd'): Promise<FinishedFile> {
    const { folder, names } = this.options;
    const file = await GrowingFile.create(join(folder, names.open.compressed));
    try {
      for await (const piece of compressed(this.files.results.content(), compression)) await file.append(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    return finishedFile(file);
  }
}

/** Removes what is left of an open part: its end, or what can't be continued. */
export async function removeOpenPart(folder: string, { open: names }: PartNames): Promise<void> {
  // The journal first: without it the others mean nothing.
  for (const name of [names.journal, names.results, names.errors, names.compressed]) {
    await rm(join(folder, name), { force: true });
  }
}

/** First and last item. */
export function hullOf(ranges: Ranges): Range {
  return { first: ranges[0]?.first ?? 0, last: ranges.at(-1)?.last ?? 0 };
}

export function pairsOf(ranges: Ranges): JournalEntry['ranges'] {
  return ranges.map(({ first, last }) => [first, last]);
}

export function rangesOfPairs(pairs: JournalEntry['ranges']): Ranges {
  return pairs.map(([first, last]) => ({ first, last }));
}

function finishedFile(file: GrowingFile): FinishedFile {
  return { path: file.path, bytes: file.length, sha256: file.digest() };
}
