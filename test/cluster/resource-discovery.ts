import * as z from 'zod';
import type { ApiClient } from './api-client';

const discoverySchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string().default('') }).default({ name: '' }),
      versions: z.array(
        z.object({
          version: z.string(),
          resources: z
            .array(
              z.object({
                resource: z.string(),
                responseKind: z.object({ kind: z.string() }),
                scope: z.enum(['Namespaced', 'Cluster']),
                verbs: z.array(z.string()),
              }),
            )
            .default([]),
        }),
      ),
    }),
  ),
});

/** One resource that the API server serves. */
export interface ServedResource {
  readonly apiVersion: string;
  readonly kind: string;
  /** Lower-case plural as in URLs. */
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** One request per root answers for all groups (aggregated discovery) instead of one per group and version. */
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Every resource the API server serves at this moment, each API group's preferred version first. */
export async function servedResources(client: ApiClient): Promise<ServedResource[]> {
  const roots = await Promise.all(['/api', '/apis'].map((root) => client.request('GET', root, { accept: aggregated })));
  return roots.flatMap(({ body }) =>
    discoverySchema.parse(body).items.flatMap(({ metadata: { name: group }, versions }) =>
      versions.flatMap(({ version, resources }) =>
        resources.map(({ resource, responseKind, scope, verbs }) => ({
          apiVersion: group === '' ? version : `${group}/${version}`,
          kind: responseKind.kind,
          plural: resource,
          namespaced: scope === 'Namespaced',
          verbs,
        })),
      ),
    ),
  );
}

/** Path of all objects of a resource, in one namespace or in all. */
export function collectionPath({ apiVersion, plural, namespaced }: ServedResource, namespace?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespaced && namespace !== undefined ? `${root}/namespaces/${namespace}/${plural}` : `${root}/${plural}`;
}

/** Remembers what the API server serves, and asks again when it meets a kind it does not know. */
export class ResourceDiscovery {
  private known: readonly ServedResource[] = [];

  constructor(private readonly client: ApiClient) {}

  /** @throws when the API server does not serve the kind: its CRD is not installed, or the version is misspelled */
  async find({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Promise<ServedResource> {
    const matches = (resource: ServedResource) => resource.apiVersion === apiVersion && resource.kind === kind;
    let found = this.known.find(matches);
    if (found === undefined) {
      this.known = await servedResources(this.client);
      found = this.known.find(matches);
    }
    if (found === undefined) throw new Error(`looking up ${apiVersion} ${kind}: the API server serves no such kind`);
    return found;
  }
}
