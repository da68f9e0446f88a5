import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import * as z from 'zod';

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().exactOptional() }),
});

/** An object of any kind, as it stands in a file. */
export type Manifest = z.output<typeof manifestSchema>;

/** Objects of a multi-document YAML text. @throws ZodError for a document that is no Kubernetes object */
export function parseManifests(text: string): Manifest[] {
  return loadAll(text)
    .filter((document) => document !== undefined && document !== null)
    .map((document) => manifestSchema.parse(document));
}

/** Objects of all YAML files in a folder, in the order of the file names. */
export function readManifests(folder: string): Manifest[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
  return files.sort().flatMap((name) => parseManifests(readFileSync(join(folder, name), 'utf8')));
}

/** `Kind namespace/name`, for a person. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}
