import { loadAll } from 'js-yaml';
import * as z from 'zod';
import { groupOf } from '../kubernetes/kinds';
import type { Json, Manifest } from '../kubernetes/manifest';
import type { Files } from '../output/files';

/** An object and the folder of `dist/` it stands in. */
export interface PlacedObject {
  /** First folder: an environment, or `targets`. */
  readonly environment: string;
  /** Second folder: what Argo CD, Flux or `kubectl apply -k` is pointed at. */
  readonly component: string;
  readonly manifest: Manifest;
}

const json: z.ZodType<Json> = z.json();
const stringMap = z.record(z.string(), z.string());

/** As found, whoever rendered it: members of `metadata` that charts may not set are kept. */
const manifestSchema = z
  .object({
    apiVersion: z.string(),
    kind: z.string(),
    metadata: z
      .object({
        name: z.string(),
        namespace: z.string().exactOptional(),
        labels: stringMap.exactOptional(),
        annotations: stringMap.exactOptional(),
      })
      .catchall(json),
  })
  .catchall(json);

/**
 * Objects of rendered files. What kustomize reads is no object of the cluster.
 *
 * @param source names the files' origin in messages
 * @throws naming origin and file, for a file that does not hold Kubernetes objects
 */
export function objectsIn(files: Files, source: string): PlacedObject[] {
  return [...files].flatMap(([path, text]) => {
    const [environment = '', component = ''] = path.split('/');
    if (!/\.ya?ml$/.test(path) || path.endsWith('/kustomization.yaml')) return [];
    try {
      const documents = loadAll(text).filter((document) => document !== undefined && document !== null);
      return documents.map((document) => ({ environment, component, manifest: manifestSchema.parse(document) }));
    } catch (error) {
      const cause = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
      throw new Error(`reading ${path} of ${source}: ${cause}`, { cause: error });
    }
  });
}

/**
 * What makes an object the same one in a cluster. The version is not part of it: the API server converts. Targets are
 * alternatives to each other, the components of an environment go to one cluster.
 */
export function identityOf({ environment, component, manifest }: PlacedObject): string {
  const { kind, metadata } = manifest;
  const cluster = environment === 'targets' ? `${environment}/${component}` : environment;
  return [cluster, groupOf(manifest), kind, metadata.namespace ?? '', metadata.name].join(' ');
}
