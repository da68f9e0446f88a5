import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import * as z from 'zod';
import { downloadModule } from '../../charts-src/import/go-module';
import { type ForeignCrdSet, foreignCrdSets } from '../../charts-src/import/sources';
import { type UnstructuredObject, parseObject } from './unstructured-object';

/** A project's name and the sets of charts-src/import/sources.ts that hold its CRDs. */
const projects = {
  'gateway-api': ['gateway-api'],
  knative: ['knative-serving'],
  istio: ['istio'],
  'cert-manager': ['cert-manager'],
  'prometheus-operator': ['prometheus-operator'],
  keda: ['keda'],
  'argo-cd': ['argo-cd'],
  flux: ['flux-kustomize', 'flux-source'],
  'external-secrets': ['external-secrets'],
  'sealed-secrets': ['sealed-secrets'],
} as const satisfies Record<string, readonly string[]>;

/** A project whose CRDs tests can install. */
export type ForeignProject = keyof typeof projects;

/** Projects whose CRDs tests can install. */
export const foreignProjects = Object.keys(projects) as readonly ForeignProject[];

const crdSchema = z.looseObject({
  kind: z.literal('CustomResourceDefinition'),
  spec: z.looseObject({ names: z.looseObject({ kind: z.string() }) }),
});

/**
 * The CRDs a project publishes for the kinds we use, whole and unchanged, at the version that `imports/` is generated
 * from. Needs Go and, the first time, its module proxy.
 *
 * @throws when the module can't be downloaded, or a kind is not in its files
 */
export async function foreignCrds(project: ForeignProject): Promise<UnstructuredObject[]> {
  const names: readonly string[] = projects[project];
  const sets = foreignCrdSets.filter(({ name }) => names.includes(name));
  if (sets.length !== names.length) {
    throw new Error(`reading crds of ${project}: charts-src/import/sources.ts lacks one of ${names.join(', ')}`);
  }
  return (await Promise.all(sets.map(readSet))).flat();
}

async function readSet(set: ForeignCrdSet): Promise<UnstructuredObject[]> {
  const directory = await downloadModule(set);
  const files = set.files.map(async ({ path, kinds }) => {
    const documents = loadAll(await readFile(join(directory, ...path.split('/')), 'utf8'));
    return kinds.map((kind) => {
      const crd = documents.find((document) => crdSchema.safeParse(document).data?.spec.names.kind === kind);
      if (crd === undefined) throw new Error(`reading ${set.module}@${set.version} ${path}: no crd of kind ${kind}`);
      return parseObject(crd);
    });
  });
  return (await Promise.all(files)).flat();
}
