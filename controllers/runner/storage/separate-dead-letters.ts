import { exitCodes } from '../../../definitions/inference/runner-report';
import type { EarlierWork, FinishedBatch, Output, Range } from '../output';
import { RunnerError } from '../runner-error';

/** Kinds that dead letters can be written to by themselves, and whether they remember which they have. */
const letterKinds: Readonly<Record<string, { readonly remembers: boolean }>> = {
  pvc: { remembers: true },
  s3: { remembers: true },
  log: { remembers: false },
};

/**
 * An output whose bad items go to another one: what `errors.deadLetter` names by its kind. An item is done when both have what they
 * should; each leaves out what it has already.
 *
 * @param letters an output that was made with `errors.deadLetter: inherit`: it gets the bad items, and no results
 * @throws RunnerError with exit code 2 for a kind that can't, or a folder that is that of the results
 */
export function withDeadLetters(results: Output, letters: Output): Output {
  const kind = letterKinds[letters.kind];
  const isSamePlace = letters.kind === results.kind && letters.location === results.location;
  if (kind === undefined || (isSamePlace && kind.remembers)) {
    const problem =
      kind === undefined ? `got ${letters.kind}, allowed: inherit, none` : 'the results are there already';
    const others = kind === undefined ? `, ${Object.keys(letterKinds).join(', ')}` : ', use inherit or another folder';
    const message = `contract execution.errors.deadLetter: ${problem}${others}`;
    throw new RunnerError(exitCodes.contract, 'STORAGE_WRITE', message);
  }
  return {
    kind: results.kind,
    location: results.location,
    async open(signal): Promise<EarlierWork> {
      const [kept, noted] = [await results.open(signal), await letters.open(signal)];
      if (!kind.remembers) return kept;
      return { done: inBoth(kept.done, noted.done), failed: noted.failed };
    },
    async write(batch: FinishedBatch, signal) {
      await letters.write({ ...batch, results: [] }, signal);
      await results.write(batch, signal);
    },
    async save(signal, last) {
      const noted = await letters.save(signal, last);
      const kept = await results.save(signal, last);
      return noted === undefined || kept === undefined ? kept : Math.min(kept, noted);
    },
    async commit(totals, signal) {
      await letters.commit(totals, signal);
      await results.commit(totals, signal);
    },
    bytesWritten: () => results.bytesWritten() + letters.bytesWritten(),
    async close() {
      await letters.close();
      await results.close();
    },
  };
}

/** Items that are in ranges of both. */
function inBoth(one: readonly Range[], other: readonly Range[]): readonly Range[] {
  return one.flatMap((a) =>
    other.flatMap((b) => {
      const [first, last] = [Math.max(a.first, b.first), Math.min(a.last, b.last)];
      return first <= last ? [{ first, last }] : [];
    }),
  );
}
