import { nameOf } from '../kubernetes/manifest';
import type { Files } from '../output/files';
import { type Effect, byRisk, riskiest } from './effect';
import type { Finding } from './finding';
import { type Pair, pairs } from './pairs';
import { objectsIn, type PlacedObject } from './placed-object';
import { lossOf } from './removal';
import { updateFindings } from './update-findings';

/** One object that differs between two sets of rendered files. */
export interface ObjectChange {
  /** Where it stands now, or stood. */
  readonly environment: string;
  readonly component: string;
  /** `Kind namespace/name`; the name it had, when it is called otherwise now. */
  readonly object: string;
  readonly happening: 'added' | 'removed' | 'changed' | 'moved';
  /** The riskiest of its findings. */
  readonly effect: Effect;
  /** Riskiest first. */
  readonly findings: readonly Finding[];
  readonly before?: PlacedObject;
  readonly after?: PlacedObject;
}

/** The place of what happens to an object as a whole. */
const nowhere = { path: [], before: undefined, after: undefined };

/** Rendered files and where they are from, for messages. */
export interface Rendering {
  readonly source: string;
  readonly files: Files;
}

/**
 * Every object that differs, riskiest first, then by environment, component and name.
 *
 * @throws naming the file, when one holds something else than Kubernetes objects
 */
export function compare(from: Rendering, to: Rendering): ObjectChange[] {
  // Reading YAML takes most of the time: files that are the same are left out.
  const differs = (path: string) => from.files.get(path) !== to.files.get(path);
  const [before, after] = [from, to].map(({ files, source }) =>
    objectsIn(new Map([...files].filter(([path]) => differs(path))), source),
  );
  const changes = pairs(before ?? [], after ?? []).flatMap((pair) => changeOf(pair));
  const place = ({ environment, component, object }: ObjectChange) => [environment, component, object].join(' ');
  return changes.sort((a, b) => byRisk(a.effect, b.effect) || (place(a) < place(b) ? -1 : 1));
}

function changeOf(pair: Pair): ObjectChange[] {
  const { before, after } = pair;
  const placed = after ?? before;
  const named = before ?? after;
  if (placed === undefined || named === undefined) return [];
  const { environment, component } = placed;
  const findings = [...findingsOf(pair)].sort((a, b) => byRisk(a.effect, b.effect));
  const written = JSON.stringify(before) !== JSON.stringify(after);
  if (findings.length === 0 && !written) return [];
  const effect = riskiest(findings.map((finding) => finding.effect));
  const happening = before === undefined ? 'added' : after === undefined ? 'removed' : pair.moved ? 'moved' : 'changed';
  return [{ environment, component, object: nameOf(named.manifest), happening, effect, findings, ...sides(pair) }];
}

function sides({ before, after }: Pair): Pick<ObjectChange, 'before' | 'after'> {
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

function findingsOf({ before, after, moved }: Pair): readonly Finding[] {
  if (before === undefined) return [{ ...nowhere, effect: 'in place' }];
  if (after === undefined) return [{ ...nowhere, ...lossOf(before.manifest) }];
  if (moved) return [moveFinding(before, after)];
  return [...folderFindings(before, after), ...updateFindings(before.manifest, after.manifest)];
}

/** A cluster knows no renaming. */
function moveFinding({ manifest: before }: PlacedObject, { manifest: after }: PlacedObject): Finding {
  const { effect, why } = lossOf(before);
  const field = before.metadata.name === after.metadata.name ? 'namespace' : 'name';
  return {
    path: ['metadata', field],
    before: before.metadata[field],
    after: after.metadata[field],
    effect: riskiest([effect, 'recreate']),
    why: `it is deleted here and created there: ${why}`,
  };
}

/**
 * An object that goes from one folder to another is pruned by whoever applies the first, unless the second was applied
 * before, or the object says that nobody may prune it.
 */
function folderFindings(before: PlacedObject, after: PlacedObject): Finding[] {
  if (before.component === after.component) return [];
  const change = { path: ['folder'], before: before.component, after: after.component };
  const annotations = before.manifest.metadata.annotations ?? {};
  const kept =
    annotations['kustomize.toolkit.fluxcd.io/prune'] === 'disabled' &&
    /(^|,)\s*Prune=(false|confirm)\s*(,|$)/.test(annotations['argocd.argoproj.io/sync-options'] ?? '');
  if (kept) return [{ ...change, effect: 'in place', why: 'nobody may prune it' }];
  const { effect, why } = lossOf(before.manifest);
  return [{ ...change, effect, why: `pruned with the old folder unless the new one is applied first: ${why}` }];
}
