import type { ApiClient } from './api-client';
import { collectionPath, servedResources } from './resource-discovery';
import { parseList } from './unstructured-object';

/** Answers of kilobytes instead of megabytes: only metadata matters here. */
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * Takes the finalizers off every object of a namespace. The controllers that would have done so ended with their test;
 * the namespace could never be gone, and other tests' controllers would see its objects.
 */
export async function releaseFinalizers(client: ApiClient, namespace: string): Promise<void> {
  const resources = (await servedResources(client)).filter(
    ({ namespaced, verbs }) => namespaced && ['list', 'patch'].every((verb) => verbs.includes(verb)),
  );
  await Promise.all(
    resources.map(async (resource) => {
      const path = collectionPath(resource, namespace);
      const { status, body } = await client.request('GET', path, { accept: metadataOnly });
      // A CRD that another test file removes meanwhile is no failure of this one.
      if (status !== 200) return;
      const held = parseList(body, resource).filter(({ metadata }) => (metadata.finalizers ?? []).length > 0);
      const patch = { body: { metadata: { finalizers: null } }, contentType: 'application/merge-patch+json' };
      await Promise.all(held.map(({ metadata }) => client.request('PATCH', `${path}/${metadata.name}`, patch)));
    }),
  );
}
