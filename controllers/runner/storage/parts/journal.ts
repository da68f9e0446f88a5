import * as z from 'zod';

const whole = z.int().min(0);
const pairs = z.array(z.tuple([whole, whole]));

/** A place in a file up to which it is whole. */
const stretch = z.object({ bytes: whole, crc: whole });

const ownerSchema = z.object({ executionId: z.string(), contractHash: z.string() });

const entrySchema = z.object({ ranges: pairs, failed: whole, results: stretch, errors: stretch });

/** What was written to the open part with one append, and where its files end with it. */
export type JournalEntry = z.infer<typeof entrySchema>;
export type Stretch = JournalEntry['results'];

/** Whose the journal is. */
export type JournalOwner = z.infer<typeof ownerSchema>;

/** A journal: the owner, then an entry a line. */
export function journalLine(line: JournalEntry | JournalOwner): string {
  return `${JSON.stringify(line)}\n`;
}

/**
 * Reads a journal as far as it is whole: its end may be missing after a crash.
 *
 * @returns undefined when not even the owner is there
 */
export function readJournal(
  text: string,
): { readonly owner: JournalOwner; readonly entries: readonly JournalEntry[] } | undefined {
  const [head, ...lines] = text.split('\n').slice(0, -1);
  const owner = ownerSchema.safeParse(parsedJson(head ?? ''));
  if (!owner.success) return undefined;
  const entries: JournalEntry[] = [];
  for (const line of lines) {
    const entry = entrySchema.safeParse(parsedJson(line));
    if (!entry.success) break;
    entries.push(entry.data);
  }
  return { owner: owner.data, entries };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
