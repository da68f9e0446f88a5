import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Files, readFolder } from '../output/files';

/** There is no such commit, or nothing rendered where it should be. The message says what to do. */
export class NothingToCompare extends Error {}

/** Largest answer that is read from git, in bytes. */
const maxBuffer = 1 << 30;

/**
 * Rendered files as they lie on disk.
 *
 * @throws NothingToCompare when the folder does not exist
 */
export function filesOnDisk(folder: string): Files {
  if (existsSync(folder)) return readFolder(folder);
  throw new NothingToCompare(
    `reading ${folder}/: it does not exist: run npm run synth, or go to the repository's root`,
  );
}

/**
 * Rendered files of a commit, by path below the folder; none when the commit does not have the folder.
 *
 * @param ref anything that git takes for a commit
 * @param folder relative to the current directory
 * @throws NothingToCompare when git knows no such commit
 */
export function filesAt(ref: string, folder: string): Files {
  const commit = commitOf(ref);
  // Paths are given and named relative to the current directory, also below the root of the repository.
  const listing = git(['ls-tree', '-r', '-z', commit, '--', `${folder}/`]);
  const blobs = listing.split('\0').flatMap((line) => {
    const [, type, hash, path] = /^\d+ (\w+) ([0-9a-f]+)\t(.+)$/s.exec(line) ?? [];
    if (type !== 'blob' || hash === undefined || path === undefined) return [];
    return [{ hash, path: path.slice(folder.length + 1) }];
  });
  const contents = readBlobs(blobs.map(({ hash }) => hash));
  return new Map(blobs.map(({ path }, index) => [path, contents[index] ?? '']));
}

function commitOf(ref: string): string {
  try {
    return git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]).trim();
  } catch (error) {
    // Silent when it is the ref; anything else (no git, no repository) comes with a message.
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    const cause = said === '' ? 'git knows no such commit: fetch it, or check the spelling' : said;
    throw new NothingToCompare(`reading ${ref}: ${cause}`, { cause: error });
  }
}

/** One process for all: a process each would take seconds. */
function readBlobs(hashes: readonly string[]): string[] {
  if (hashes.length === 0) return [];
  const answer = execFileSync('git', ['cat-file', '--batch'], { input: `${hashes.join('\n')}\n`, maxBuffer });
  let offset = 0;
  return hashes.map((hash) => {
    const headerEnd = answer.indexOf('\n', offset);
    const size = Number(answer.toString('utf8', offset, headerEnd).split(' ')[2]);
    if (!Number.isInteger(size)) throw new Error(`reading blob ${hash}: unexpected answer of git cat-file`);
    const start = headerEnd + 1;
    offset = start + size + 1;
    return answer.toString('utf8', start, start + size);
  });
}

function git(args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', maxBuffer, stdio: ['ignore', 'pipe', 'pipe'] });
}
