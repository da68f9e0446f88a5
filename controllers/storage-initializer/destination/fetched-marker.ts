import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { diskError } from './disk-error';
import { markerName } from './own-names';
import type { StagingOwner } from './staging';

const markerSchema = z.object({
  fetched: z.array(z.object({ source: z.string(), pod: z.string(), boot: z.string() })),
});
type Marker = z.output<typeof markerSchema>;

/**
 * Whether this pod has fetched a URI into a destination before: an init container is started again when the node comes back or another
 * one fails, and need not fetch again. Another pod fetches anew, since a volume can outlive many versions of a model; so does one after a
 * crash of the node, since files can be empty that were written before.
 */
export function wasFetched(destination: string, identity: string, { pod, boot }: StagingOwner): boolean {
  const source = digest(identity);
  return readMarker(destination).fetched.some(
    (entry) => entry.source === source && entry.pod === pod && entry.boot === boot,
  );
}

/** Notes that a URI was fetched, when its files are published. @throws StorageError `disk` */
export function noteFetched(destination: string, identity: string, { pod, boot }: StagingOwner): void {
  const entry = { source: digest(identity), pod, boot };
  const others = readMarker(destination).fetched.filter((one) => one.pod === pod && one.source !== entry.source);
  const path = join(destination, markerName);
  try {
    writeFileSync(`${path}.new`, JSON.stringify({ fetched: [...others, entry] } satisfies Marker), { mode: 0o644 });
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw diskError(`noting what was fetched in ${destination}`, error);
  }
}

/** URIs have secrets in them. */
function digest(identity: string): string {
  return createHash('sha256').update(identity).digest('hex');
}

function readMarker(destination: string): Marker {
  try {
    return markerSchema.parse(JSON.parse(readFileSync(join(destination, markerName), 'utf8')));
  } catch {
    return { fetched: [] };
  }
}
