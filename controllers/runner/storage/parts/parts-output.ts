import { exitCodes } from '../../../../definitions/inference/runner-report';
import { causeText } from '../../../runtime/cause-text';
import { resultWriter } from '../../formats/result-writer';
import type { Item } from '../../item';
import type { EarlierWork, FinishedBatch, Output } from '../../output';
import { RunnerError } from '../../runner-error';
import type { Work } from '../../work';
import { checkOwner, foreignOutput, type Checkpoint } from './checkpoint';
import { continuePart } from './continue-part';
import { earlierParts, rangesOfParts, readText, type KeptPart } from './earlier-parts';
import { writeManifest } from './manifest';
import { hullOf, OpenPart, pairsOf, removeOpenPart, type FinishedPart, type OpenPartOptions } from './open-part';
import { PartNames, successName } from './part-names';
import type { PartStore } from './part-store';
import type { PartsSettings } from './parts-settings';
import { countOf, gapless, isIn, withoutRanges, withRanges, type Ranges } from './ranges';

/** Least time between two savings: to make something durable takes milliseconds, and a fast model has a thousand items in that time. */
const shortestSaveMs = 1000;

/**
 * Writes results and dead letters in parts, each durable and final once it has its name.
 *
 * Guarantees: what is done is told by what is there, parts and the journal of the open one, so that each item is in the output once,
 * wherever a process ends; an item counts as done with its result and its dead letter durable, not before.
 */
export class PartsOutput implements Output {
  readonly kind: string;
  readonly location: string;
  readonly keepsWrites: boolean;
  private readonly names: PartNames;
  private readonly partOptions: OpenPartOptions;
  private part: OpenPart | undefined;
  private partSince = 0;
  private kept: KeptPart[] = [];
  private keptRanges: Ranges = [];
  /** Items that were done when this process began. */
  private doneBefore: Ranges = [];
  private bytes = 0;
  private saved: { readonly at: number; readonly position: number; readonly items: number } | undefined;

  constructor(
    private readonly store: PartStore,
    private readonly settings: PartsSettings,
    private readonly work: Work,
  ) {
    const { format, compression, include, errorsName, writesErrors, resumes } = settings;
    this.kind = store.kind;
    this.location = store.location;
    this.keepsWrites = store.continues && resumes;
    this.names = new PartNames(work.shard, errorsName, format, compression);
    this.partOptions = {
      folder: store.workFolder,
      names: this.names,
      writer: resultWriter(format, include),
      compression,
      writesErrors,
      journal: this.keepsWrites ? this.owner : undefined,
    };
  }

  async open(signal: AbortSignal): Promise<EarlierWork> {
    return this.guarded('opening', signal, async () => {
      if (this.settings.mode === 'errorIfExists') await this.refuseForeign(signal);
      const listed = await this.store.names(signal);
      if (!this.settings.resumes) {
        await this.startAnew(listed, signal);
        return { done: [], failed: 0 };
      }
      if (listed.includes(this.names.checkpoint)) {
        const place = `${this.location}/${this.names.checkpoint}`;
        checkOwner(await readText(this.store, this.names.checkpoint, signal), place, this.work);
      }
      if (this.store.continues) this.part = await continuePart(this.partOptions, this.owner);
      this.partSince = this.work.clock.monotonic();
      // The open part has taken back its dead letters, if they had their name.
      const left = this.store.continues ? await this.store.names(signal) : listed;
      this.kept = await earlierParts(this.store, this.names, left, signal);
      this.keptRanges = rangesOfParts(this.kept);
      this.doneBefore = this.done;
      return { done: this.done, failed: this.failed };
    });
  }

  async write(batch: FinishedBatch, signal: AbortSignal): Promise<void> {
    await this.guarded('writing', signal, async () => {
      const ranges = withoutRanges(batch, this.doneBefore);
      if (ranges.length === 0) return;
      // Of items that are done already another result would be a second one.
      const isNew = ({ item }: { readonly item: Item }) => !isIn(this.doneBefore, item.index);
      const isWhole = countOf(ranges) === batch.last - batch.first + 1;
      const [results, failed] = isWhole
        ? [batch.results, batch.failed]
        : [batch.results.filter(isNew), batch.failed.filter(isNew)];
      if (this.part === undefined) {
        this.part = await OpenPart.begin(this.partOptions);
        this.partSince = this.work.clock.monotonic();
      }
      this.bytes += await this.part.append(ranges, results, failed);
      if (this.part.items >= this.settings.partItems) await this.endPart(this.part, signal);
    });
  }

  async save(signal: AbortSignal, last = false): Promise<number | undefined> {
    if (!this.settings.resumes) return undefined;
    return this.guarded('saving', signal, async () => {
      const now = this.work.clock.monotonic();
      if (!last && this.saved !== undefined && now - this.saved.at < shortestSaveMs) return this.saved.position;
      const { part } = this;
      if (part !== undefined && this.store.continues) await part.sync();
      // Where nothing can be continued a part ends, but not at each save: there would be no large ones.
      else if (part !== undefined && (last || now - this.partSince >= this.settings.everySeconds * 1000)) {
        await this.endPart(part, signal);
      }
      return this.checkpoint(signal);
    });
  }

  async commit(_totals: unknown, signal: AbortSignal): Promise<void> {
    await this.guarded('committing', signal, async () => {
      if (this.part !== undefined) await this.endPart(this.part, signal);
      if (this.settings.resumes) await this.checkpoint(signal);
      const { store, names, work } = this;
      this.bytes += await writeManifest(store, names, work, this.kept, signal);
      await store.write(successName, '', signal);
    });
  }

  bytesWritten(): number {
    return this.bytes;
  }

  async close(): Promise<void> {
    await this.part?.close();
    this.part = undefined;
    await this.store.close();
  }

  private get owner() {
    const { executionId, contractHash } = this.work;
    return { executionId, contractHash };
  }

  /** Items that are durable, once the open part is synced. */
  private get done(): Ranges {
    return this.part === undefined || !this.store.continues
      ? this.keptRanges
      : withRanges(this.keptRanges, this.part.doneRanges);
  }

  private get failed(): number {
    const open = this.store.continues ? (this.part?.failedItems ?? 0) : 0;
    return this.kept.reduce((count, { failed }) => count + failed, open);
  }

  private async refuseForeign(signal: AbortSignal): Promise<void> {
    const other = await this.store.foreign(signal);
    if (other === undefined) return;
    throw foreignOutput(
      `mode is errorIfExists, and there is ${other} beside ${this.location}: delete it or write elsewhere`,
    );
  }

  /** Without checkpoints nobody goes on where a process before has ended: what it left would be there twice. */
  private async startAnew(listed: readonly string[], signal: AbortSignal): Promise<void> {
    if (listed.length > 0 && this.settings.mode === 'errorIfExists') {
      throw foreignOutput(
        `mode is errorIfExists, and there is something in ${this.location}: delete it or write elsewhere`,
      );
    }
    const { names, store } = this;
    const ours = listed.filter(
      (name) => names.partOf(name) ?? names.errorsOf(name) ?? (name.startsWith('_') ? name : undefined),
    );
    // What says that the rest is whole goes first.
    ours.sort((a, b) => Number(b === successName) - Number(a === successName));
    for (const name of ours) await store.remove(name, signal);
    if (store.continues) await removeOpenPart(store.workFolder, names);
  }

  private async endPart(part: OpenPart, signal: AbortSignal): Promise<void> {
    await this.keep(await part.finish(), signal);
    await removeOpenPart(this.store.workFolder, this.names);
    this.part = undefined;
  }

  /** The part last: it is what says that its items are done. */
  private async keep({ ranges, failed, results, errors }: FinishedPart, signal: AbortSignal): Promise<void> {
    const { store, names } = this;
    const hull = hullOf(ranges);
    if (ranges.length > 1) {
      await store.write(names.ranges(hull), `${JSON.stringify({ ranges: pairsOf(ranges) })}\n`, signal);
    }
    if (errors !== undefined) await store.keep(errors.path, names.errors(hull), signal);
    await store.keep(results.path, names.part(hull), signal);
    const files = { results, ...(errors === undefined ? {} : { errors }) };
    this.kept.push({ ranges, failed, hasErrors: errors !== undefined, files });
    this.keptRanges = withRanges(this.keptRanges, ranges);
  }

  /** @returns items that are durable without a gap */
  private async checkpoint(signal: AbortSignal): Promise<number> {
    const { done, failed, work } = this;
    const position = gapless(done);
    const items = countOf(done);
    if (items !== this.saved?.items) {
      const { executionId, contractHash, shard } = work;
      const counts = { succeeded: items - failed, failed };
      const doneRanges = pairsOf(done);
      const checkpoint: Checkpoint = { v: 1, executionId, contractHash, shard, position, doneRanges, counts };
      await this.store.write(this.names.checkpoint, `${JSON.stringify(checkpoint)}\n`, signal);
    }
    this.saved = { at: work.clock.monotonic(), position, items };
    return position;
  }

  /** Words errors of the work folder; those of the store are worded already. */
  private async guarded<T>(operation: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RunnerError || signal.aborted) throw error;
      const message = `${operation} ${this.kind} output ${this.location}: ${causeText(error)}`;
      throw new RunnerError(exitCodes.output, 'STORAGE_WRITE', message, { cause: error });
    }
  }
}
