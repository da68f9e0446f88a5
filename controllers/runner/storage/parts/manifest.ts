import type { Work } from '../../work';
import { withDigests, type KeptPart } from './earlier-parts';
import { hullOf, pairsOf } from './open-part';
import type { PartNames } from './part-names';
import type { PartStore } from './part-store';
import { countOf } from './ranges';

/**
 * Writes what a shard has left: its parts in the order of their items, how many, and checksums to compare.
 *
 * @returns bytes
 */
export async function writeManifest(
  store: PartStore,
  names: PartNames,
  { executionId, contractHash, shard }: Work,
  kept: readonly KeptPart[],
  signal: AbortSignal,
): Promise<number> {
  const parts = [];
  const counts = { succeeded: 0, failed: 0 };
  for (const part of [...kept].sort((a, b) => hullOf(a.ranges).first - hullOf(b.ranges).first)) {
    const { ranges, failed, files } = await withDigests(part, store, names, signal);
    const items = countOf(ranges);
    counts.succeeded += items - failed;
    counts.failed += failed;
    const hull = hullOf(ranges);
    const { results, errors } = files;
    parts.push({
      name: names.part(hull),
      ...hull,
      ...(ranges.length > 1 ? { ranges: pairsOf(ranges) } : {}),
      items,
      failed,
      bytes: results.bytes,
      sha256: results.sha256,
      ...(errors === undefined
        ? {}
        : { errors: { name: names.errors(hull), bytes: errors.bytes, sha256: errors.sha256 } }),
    });
  }
  const text = `${JSON.stringify({ v: 1, executionId, contractHash, shard, counts, parts }, undefined, 2)}\n`;
  await store.write(names.manifest, text, signal);
  return Buffer.byteLength(text);
}
