import { type Manifest, mapAt } from '../kubernetes/manifest';
import { containersOf, podTemplateOf } from '../kubernetes/pod-template';
import type { Files } from './files';

/** What was rendered for one component, in numbers. */
export interface SummaryRow {
  readonly environment: string;
  readonly component: string;
  readonly objects: number;
  /** Workloads: Deployments, StatefulSets, Jobs. */
  readonly workloads: number;
  readonly images: number;
  readonly kilobytes: number;
}

/** Counts a component. */
export function summaryRow(
  environment: string,
  component: string,
  manifests: readonly Manifest[],
  files: Files,
): SummaryRow {
  const templates = manifests.map(podTemplateOf).filter((template) => template !== undefined);
  const images = templates.flatMap((template) => containersOf(mapAt(template, 'spec')).map(({ image }) => image));
  const bytes = Buffer.byteLength(files.get(`${component}/${component}.yaml`) ?? '');
  return {
    environment,
    component,
    objects: manifests.length,
    workloads: templates.length,
    images: new Set(images).size,
    kilobytes: Math.ceil(bytes / 1000),
  };
}

const columns = ['objects', 'workloads', 'images', 'kilobytes'] as const;

/** A table for a terminal, one line per component, one total per environment. */
export function summaryTable(rows: readonly SummaryRow[]): string {
  const lines = [['environment', 'component', 'objects', 'workloads', 'images', 'kB']];
  for (const environment of new Set(rows.map((row) => row.environment))) {
    const own = rows.filter((row) => row.environment === environment);
    for (const row of own) lines.push([environment, row.component, ...columns.map((column) => String(row[column]))]);
    const total = (column: (typeof columns)[number]) => String(own.reduce((sum, row) => sum + row[column], 0));
    lines.push([environment, 'in all', total('objects'), total('workloads'), '', total('kilobytes')]);
  }
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
