import { readFile, writeFile } from 'node:fs/promises';
import { dump } from 'js-yaml';
import type { Commit } from './git-server';
import { componentFile } from './gitops-cluster';
import { type Manifest, parseManifests } from '../../platform/manifests';

/** Objects of a component, as a commit has them. */
export async function objectsOf({ checkout }: Commit, component: string): Promise<Manifest[]> {
  return parseManifests(await readFile(componentFile(checkout, component), 'utf8'));
}

/** Rewrites a component's file in a working tree. */
export async function changeObjects(
  worktree: string,
  component: string,
  change: (objects: readonly Manifest[]) => readonly Manifest[],
): Promise<void> {
  const file = componentFile(worktree, component);
  const objects = change(parseManifests(await readFile(file, 'utf8')));
  await writeFile(file, objects.map((object) => `---\n${dump(object)}`).join(''));
}
