import { open, readFile, rename, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreMissing } from '../system-code';
import { GrowingFile } from './growing-file';
import { journalLine, readJournal, type JournalEntry, type JournalOwner } from './journal';
import {
  hullOf,
  OpenPart,
  pairsOf,
  rangesOfPairs,
  removeOpenPart,
  type OpenPartFiles,
  type OpenPartOptions,
} from './open-part';
import { withRanges, type Ranges } from './ranges';

/**
 * Continues the part that a process before has left open, as far as the journal and the files agree; removes it when there is nothing to
 * continue.
 *
 * @returns undefined when there is none, or it is of other work
 * @throws what the file system says
 */
export async function continuePart(options: OpenPartOptions, owner: JournalOwner): Promise<OpenPart | undefined> {
  const { folder, names } = options;
  const journal = readJournal(await textOf(join(folder, names.open.journal)));
  const isOurs = journal?.owner.executionId === owner.executionId && journal.owner.contractHash === owner.contractHash;
  const files = isOurs ? await continuedFiles(options, journal.entries) : undefined;
  if (files === undefined || files.ranges.length === 0) {
    await files?.results.close();
    await files?.errors.close();
    await removeOpenPart(folder, names);
    return undefined;
  }
  return new OpenPart(options, { ...files, journal: await newJournal(options, owner, files) });
}

async function continuedFiles(
  { folder, names }: OpenPartOptions,
  entries: readonly JournalEntry[],
): Promise<OpenPartFiles | undefined> {
  const all = entries.reduce<Ranges>((ranges, entry) => withRanges(ranges, rangesOfPairs(entry.ranges)), []);
  // It has been kept already, and only what is left of it was not removed any more.
  if (await isThere(join(folder, names.part(hullOf(all))))) return undefined;
  // Dead letters are kept before their part is: when the end came between, they are taken back.
  if ((entries.at(-1)?.errors.bytes ?? 0) > 0) {
    await rename(join(folder, names.errors(hullOf(all))), join(folder, names.open.errors)).catch(ignoreMissing);
  }
  const results = await existing(join(folder, names.open.results));
  if (results === undefined) return undefined;
  const errors =
    (await existing(join(folder, names.open.errors))) ?? (await GrowingFile.create(join(folder, names.open.errors)));
  let ranges: Ranges = [];
  let failed = 0;
  for (const entry of entries) {
    const found = { results: await results.find(entry.results), errors: await errors.find(entry.errors) };
    // Results without their dead letters are no use: what counts ends where both are whole.
    if (found.results === undefined || found.errors === undefined) break;
    results.accept(found.results);
    errors.accept(found.errors);
    ranges = withRanges(ranges, rangesOfPairs(entry.ranges));
    failed += entry.failed;
  }
  await results.trim();
  await errors.trim();
  return { results, errors, journal: undefined, ranges, failed };
}

async function newJournal(
  { folder, names }: OpenPartOptions,
  owner: JournalOwner,
  { ranges, failed, results, errors }: OpenPartFiles,
): Promise<FileHandle> {
  const path = join(folder, names.open.journal);
  const fresh = `${path}.new`;
  const handle = await open(fresh, 'w');
  const entry = { ranges: pairsOf(ranges), failed, results: results.stretch, errors: errors.stretch };
  await handle.write(journalLine(owner) + journalLine(entry));
  await handle.datasync();
  // Until here the old one counts.
  await rename(fresh, path);
  return handle;
}

async function existing(path: string): Promise<GrowingFile | undefined> {
  return GrowingFile.existing(path).catch(ignoreMissing);
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(ignoreMissing)) !== undefined;
}

async function textOf(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(ignoreMissing)) ?? '';
}
