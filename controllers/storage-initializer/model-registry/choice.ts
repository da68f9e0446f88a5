import type { Artifact, ModelVersion } from '../../model-registry/answers';

/** Names of archived versions that a message shows; there can be hundreds. */
const mostNames = 5;

/** What is newest of a stream: by the time it was made, of equal times by id. Nothing else is kept. */
class Newest<T extends { readonly id: string; readonly createTimeSinceEpoch: number }> {
  value: T | undefined;

  add(candidate: T): void {
    if (this.value === undefined || isNewer(candidate, this.value)) this.value = candidate;
  }
}

type Dated = Pick<ModelVersion, 'id' | 'createTimeSinceEpoch'>;

function isNewer(one: Dated, other: Dated): boolean {
  const later = one.createTimeSinceEpoch - other.createTimeSinceEpoch;
  // Ids are decimal numbers, and can be longer than a number is exact.
  return later === 0 ? BigInt(one.id) > BigInt(other.id) : later > 0;
}

/** Whether a model or a version is out of use. */
export function isArchived({ state }: { readonly state?: string | null | undefined }): boolean {
  return state === 'ARCHIVED';
}

/** Which version a URI without a version means. */
export type LatestVersion =
  | { readonly found: ModelVersion }
  /** Names of the archived ones, the first few. */
  | { readonly found: undefined; readonly archived: readonly string[]; readonly more: number };

/** The newest version that is in use; upstream takes the one with the highest id, archived or not. */
export async function latestVersion(versions: AsyncIterable<ModelVersion>): Promise<LatestVersion> {
  const newest = new Newest<ModelVersion>();
  const archived: string[] = [];
  let archivedCount = 0;
  for await (const version of versions) {
    if (!isArchived(version)) {
      newest.add(version);
      continue;
    }
    archivedCount += 1;
    if (archived.length < mostNames) archived.push(version.name ?? version.id);
  }
  if (newest.value !== undefined) return { found: newest.value };
  return { found: undefined, archived, more: archivedCount - archived.length };
}

/** States of artifacts whose files are gone, or will be. */
const goneStates: ReadonlySet<string> = new Set(['DELETED', 'MARKED_FOR_DELETION', 'ABANDONED']);

/** The newest model artifact that is there; documents, metrics and data sets of a version are none. */
export async function newestModelArtifact(artifacts: AsyncIterable<Artifact>): Promise<Artifact | undefined> {
  const newest = new Newest<Artifact>();
  for await (const artifact of artifacts) {
    // Absent in answers of routes that have one type only.
    const { artifactType = 'model-artifact', state } = artifact;
    if (artifactType === 'model-artifact' && !goneStates.has(state ?? '')) newest.add(artifact);
  }
  return newest.value;
}
