import { closeSync, writeSync } from 'node:fs';
import type { StagedTree } from '../../destination/staged-tree';
import type { Advertisement } from './advertisement';

/**
 * Writes what makes `.git` a shallow clone that git knows, as `git clone --depth 1` does. No credentials are in it: not the user either.
 *
 * @param url without user info
 * @param shallow commits whose parents were left out
 */
export function writeGitDirectory(
  tree: StagedTree,
  url: string,
  { commit, branch }: Pick<Advertisement, 'commit' | 'branch'>,
  shallow: readonly string[],
): void {
  const name = branch?.slice('refs/heads/'.length);
  writeText(tree, '.git/config', configText(url, name));
  writeText(tree, '.git/HEAD', branch === undefined ? `${commit}\n` : `ref: ${branch}\n`);
  if (shallow.length > 0) writeText(tree, '.git/shallow', shallow.map((one) => `${one}\n`).join(''));
  tree.createDirectory('.git/refs/heads');
  if (branch === undefined || name === undefined) return;
  writeText(tree, `.git/${branch}`, `${commit}\n`);
  writeText(tree, `.git/refs/remotes/origin/${name}`, `${commit}\n`);
  if (name !== 'HEAD') writeText(tree, '.git/refs/remotes/origin/HEAD', `ref: refs/remotes/origin/${name}\n`);
}

function configText(url: string, branch: string | undefined): string {
  const lines = ['[core]', '\trepositoryformatversion = 0', '\tfilemode = true', '\tbare = false'];
  lines.push('[remote "origin"]', `\turl = ${url}`);
  if (branch !== undefined) {
    lines.push(`\tfetch = ${quoted(`+refs/heads/${branch}:refs/remotes/origin/${branch}`)}`);
    lines.push(`[branch ${quoted(branch)}]`, '\tremote = origin', `\tmerge = ${quoted(`refs/heads/${branch}`)}`);
  }
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

function writeText(tree: StagedTree, name: string, text: string): void {
  const descriptor = tree.createFile(name);
  try {
    writeSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}
