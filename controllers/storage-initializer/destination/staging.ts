import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { diskError } from './disk-error';
import { FinishedFiles } from './finished-files';
import { partialPrefix } from './own-names';
import { StagedTree } from './staged-tree';

/** Milliseconds after which the leftovers of another pod are nobody's: on a volume that outlives pods they would stay for ever. */
const leftoverAgeMs = 24 * 60 * 60 * 1000;

/** What a staging directory is of. */
const aboutSchema = z.object({
  /** Digest of the URI and of what else decides which files there are. */
  source: z.string(),
  /** The run of the kernel: what a crash of the node left is not trusted, files may be empty although they were written. */
  boot: z.string(),
  /** The pod: two of them can share a volume. */
  pod: z.string(),
});
type About = z.output<typeof aboutSchema>;

/** Who is at work, as far as a staging directory is concerned. */
export interface StagingOwner {
  readonly boot: string;
  readonly pod: string;
}

/** The directory in which a URI is fetched: below the destination, so that publishing it is a rename and no copy. */
export class Staging {
  readonly tree: StagedTree;
  /** Files that are not published: archives before they are unpacked. */
  readonly scratch: StagedTree;
  readonly finished: FinishedFiles;

  private constructor(
    readonly directory: string,
    from: string,
    /** It was there, from a run that was killed. */
    readonly resumed: boolean,
  ) {
    const [tree, scratch] = [join(directory, 'tree'), join(directory, 'scratch')];
    for (const path of [tree, scratch]) mkdirSync(path, { recursive: true, mode: 0o755 });
    this.finished = FinishedFiles.open(join(directory, 'finished'));
    this.tree = new StagedTree(tree, from, dirname(directory));
    this.scratch = new StagedTree(scratch, from, dirname(directory));
    if (!resumed) return;
    for (const root of [tree, scratch]) removeUnfinished(root, '', this.finished, join(directory, 'ranges'));
  }

  /**
   * Opens the staging directory of a URI in a destination, which is made when it is not there: the one that a killed run of this pod has
   * left, or a new one. Leftovers of other URIs of this pod, of other boots and old ones are removed.
   *
   * @param identity everything that decides which files there are: the URI, the patterns
   * @throws StorageError `disk`
   */
  static open(destination: string, identity: string, from: string, owner: StagingOwner, now: number): Staging {
    const source = createHash('sha256').update(identity).digest('hex');
    try {
      mkdirSync(destination, { recursive: true, mode: 0o755 });
      let mine: string | undefined;
      for (const name of readdirSync(destination)) {
        if (!name.startsWith(partialPrefix)) continue;
        const directory = join(destination, name);
        const about = readAbout(directory);
        if (mine === undefined && about !== undefined && isSame(about, { source, ...owner })) mine = directory;
        else if (isLeftover(about, directory, owner, now)) rmSync(directory, { recursive: true, force: true });
      }
      if (mine !== undefined) return new Staging(mine, from, true);
      const directory = join(destination, `${partialPrefix}${randomBytes(6).toString('hex')}`);
      mkdirSync(directory, { mode: 0o755 });
      writeFileSync(join(directory, 'about.json'), JSON.stringify({ source, ...owner } satisfies About));
      return new Staging(directory, from, false);
    } catch (error) {
      throw diskError(`preparing ${destination}`, error);
    }
  }

  /** Path of the notes about which ranges of a file are there. */
  rangesFileOf(path: string): string {
    return join(this.directory, 'ranges', nameOfRangesFile(path));
  }

  /** Keeps what is there for the next run. */
  close(): void {
    this.finished.close();
  }

  /** Removes it with everything in it. */
  remove(): void {
    this.finished.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function isSame(about: About, wanted: About): boolean {
  return about.source === wanted.source && about.boot === wanted.boot && about.pod === wanted.pod;
}

/** Whether a staging directory is nobody's: of this pod and another URI or boot, or too old. */
function isLeftover(about: About | undefined, directory: string, { pod }: StagingOwner, now: number): boolean {
  if (about?.pod === pod) return true;
  const modified = statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return now - modified > leftoverAgeMs;
}

function readAbout(directory: string): About | undefined {
  try {
    return aboutSchema.parse(JSON.parse(readFileSync(join(directory, 'about.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Removes files that a killed run had begun: of those nobody can say what is in them. Files with noted ranges go on where they were.
 * Directories in which nothing is left are removed as well: the source may have a file or a link of that name by now.
 *
 * @returns whether there is something left
 */
function removeUnfinished(root: string, below: string, finished: FinishedFiles, ranges: string): boolean {
  let left = false;
  for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (removeUnfinished(root, path, finished, ranges)) left = true;
      else rmdirSync(join(root, path));
    } else if (finished.has(path) || hasRanges(ranges, path)) left = true;
    else rmSync(join(root, path), { force: true });
  }
  return left;
}

/** A name that any path fits into. */
function nameOfRangesFile(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 32);
}

function hasRanges(ranges: string, path: string): boolean {
  return statSync(join(ranges, nameOfRangesFile(path)), { throwIfNoEntry: false }) !== undefined;
}
