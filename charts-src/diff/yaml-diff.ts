import { structuredPatch } from 'diff';
import type { Manifest } from '../kubernetes/manifest';
import { serialize } from '../kubernetes/serialize';
import type { ObjectChange } from './compare';

/** How an object's YAML differs, as hunks of a unified diff without the lines that name files. */
export function yamlDiff({ before, after }: ObjectChange): string {
  const [old, now] = [before, after].map((side) => (side === undefined ? '' : yaml(side.manifest)));
  const { hunks } = structuredPatch('before', 'after', old ?? '', now ?? '', '', '', { context: 3 });
  return hunks
    .flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
      `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
      ...lines.filter((line) => !line.startsWith('\\')),
    ])
    .join('\n');
}

/** Values of a Secret are kept out of comments. */
function yaml(manifest: Manifest): string {
  if (manifest.kind !== 'Secret') return serialize(manifest);
  const { data: _, stringData: __, ...open } = manifest;
  return serialize(open);
}
