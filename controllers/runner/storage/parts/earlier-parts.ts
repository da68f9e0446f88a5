import { createHash } from 'node:crypto';
import * as z from 'zod';
import { rangesSchema } from './checkpoint';
import { hullOf, rangesOfPairs } from './open-part';
import type { PartNames } from './part-names';
import type { PartStore } from './part-store';
import { withRanges, type Ranges } from './ranges';

/** A part that is kept. */
export interface KeptPart {
  readonly ranges: Ranges;
  readonly failed: number;
  readonly hasErrors: boolean;
  /** What is in its files; absent for parts of processes before, until they are read. */
  readonly files?: { readonly results: FileDigest; readonly errors?: FileDigest };
}

export interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Looks at the parts that processes before have kept: they tell what is done, whether or not a checkpoint says so. Dead letters without
 * their part are removed: their items will come again.
 */
export async function earlierParts(
  store: PartStore,
  names: PartNames,
  listed: readonly string[],
  signal: AbortSignal,
): Promise<KeptPart[]> {
  const all = new Set(listed);
  const parts: KeptPart[] = [];
  for (const name of listed) {
    const errorsOf = names.errorsOf(name);
    if (errorsOf !== undefined && !all.has(names.part(errorsOf))) await store.remove(name, signal);
    const hull = names.partOf(name);
    if (hull === undefined) continue;
    const rangesName = names.ranges(hull);
    const ranges = all.has(rangesName) ? await readRanges(store, rangesName, signal) : [hull];
    const hasErrors = all.has(names.errors(hull));
    const failed = hasErrors ? await countLines(store, names.errors(hull), signal) : 0;
    parts.push({ ranges, failed, hasErrors });
  }
  return parts.sort((a, b) => hullOf(a.ranges).first - hullOf(b.ranges).first);
}

/** Every item of the parts. */
export function rangesOfParts(parts: readonly KeptPart[]): Ranges {
  return withRanges(
    [],
    parts.flatMap(({ ranges }) => ranges),
  );
}

/** A part with what is in its files: read, where this process did not write them. */
export async function withDigests(
  part: KeptPart,
  store: PartStore,
  names: PartNames,
  signal: AbortSignal,
): Promise<KeptPart & Required<Pick<KeptPart, 'files'>>> {
  if (part.files !== undefined) return { ...part, files: part.files };
  const hull = hullOf(part.ranges);
  const results = await digestOf(store, names.part(hull), signal);
  const errors = part.hasErrors ? { errors: await digestOf(store, names.errors(hull), signal) } : {};
  return { ...part, files: { results, ...errors } };
}

async function digestOf(store: PartStore, name: string, signal: AbortSignal): Promise<FileDigest> {
  const sha256 = createHash('sha256');
  let bytes = 0;
  for await (const piece of store.read(name, signal)) {
    sha256.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: sha256.digest('hex') };
}

async function countLines(store: PartStore, name: string, signal: AbortSignal): Promise<number> {
  let lines = 0;
  for await (const piece of store.read(name, signal)) {
    for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, at + 1)) lines += 1;
  }
  return lines;
}

async function readRanges(store: PartStore, name: string, signal: AbortSignal): Promise<Ranges> {
  const text = await readText(store, name, signal);
  return rangesOfPairs(z.object({ ranges: rangesSchema }).parse(JSON.parse(text)).ranges);
}

/** A small file. */
export async function readText(store: PartStore, name: string, signal: AbortSignal): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of store.read(name, signal)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}
