/**
 * Every component and the components it needs, in the order of installation: the one table that Argo CD's waves and Flux's
 * `dependsOn` are made from. What an environment does not render is passed over; what the absent one needs still counts.
 * `'*'` stands for everything above.
 */
const table: readonly (readonly [component: string, ...needs: string[]])[] = [
  ['namespaces'],
  ['crds'],
  ['registry', 'namespaces'],
  ['storage-initializer', 'crds', 'namespaces'],
  ['serving', 'crds', 'namespaces'],
  ['serving-runtimes', 'serving'],
  ['catalog', 'namespaces'],
  ['registry-istio', 'registry'],
  ['registry-ui', 'registry', 'catalog'],
  ['registry-sync', 'crds', 'registry'],
  ['inference-runs', 'crds', 'serving'],
  ['monitoring', '*'],
];

/** A component with its place among those of its environment. */
export interface PlacedComponent {
  readonly directory: string;
  /** 0 first; a component stands behind everything it needs. */
  readonly wave: number;
  /** Components of the environment that have to be healthy before, in the table's order. */
  readonly dependsOn: readonly string[];
}

/**
 * Places of an environment's components, in the order of the table.
 *
 * @param directories folders of the components below the environment's
 * @throws naming a component that has no row in the table
 */
export function placed(directories: readonly string[]): readonly PlacedComponent[] {
  const rows = directories.map((directory) => ({ directory, row: rowOf(directory) }));
  const inOrder = [...rows].sort((a, b) => a.row - b.row || (a.directory < b.directory ? -1 : 1));
  const result: PlacedComponent[] = [];
  for (const { directory, row } of inOrder) {
    const needed = needsOf(row, new Set(rows.map((other) => other.row)));
    const before = result.filter((other) => needed.has(rowOf(other.directory)));
    result.push({
      directory,
      wave: Math.max(-1, ...before.map(({ wave }) => wave)) + 1,
      dependsOn: before.map((other) => other.directory),
    });
  }
  return result;
}

/** Rows that a row needs and that are present; for an absent one, what that needs. */
function needsOf(row: number, present: ReadonlySet<number>): ReadonlySet<number> {
  const [, ...needs] = table[row] ?? [''];
  const direct = needs.includes('*') ? table.map((_, index) => index).slice(0, row) : needs.map(rowOf);
  return new Set(direct.flatMap((needed) => (present.has(needed) ? [needed] : [...needsOf(needed, present)])));
}

/** Folders of further registries have their names in them: `registry-team-a`, `registry-team-a-istio`. */
function rowOf(directory: string): number {
  const exact = table.findIndex(([component]) => component === directory);
  if (exact >= 0) return exact;
  if (directory.startsWith('registry-')) return rowOf(directory.endsWith('-istio') ? 'registry-istio' : 'registry');
  throw new Error(`rendering gitops: ${directory} has no place in the order: add it to charts-src/gitops/order.ts`);
}
