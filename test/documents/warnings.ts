import type { RequestOptions } from '../cluster/api-client';
import type { TestCluster } from '../cluster/test-cluster';
import type { ObjectReference } from '../cluster/unstructured-object';

/** URL parts of the kinds that the documents show. */
const collections: Readonly<Record<string, string>> = {
  ClusterRole: 'clusterroles',
  InferenceService: 'inferenceservices',
  Role: 'roles',
};

/**
 * What the API server tells somebody who creates an object with field validation `Warn`. Nothing is stored. Server-side
 * apply would not do: it refuses unknown fields in every mode.
 */
export async function warningsOnCreating(cluster: TestCluster, object: ObjectReference) {
  return warningsOf(cluster, 'POST', collectionPath(object), { body: object });
}

async function warningsOf(cluster: TestCluster, method: 'POST' | 'PATCH', path: string, options: RequestOptions) {
  const query = { fieldManager: 'kubectl', fieldValidation: 'Warn', dryRun: 'All' };
  const { status, body, warnings } = await cluster.request(method, path, { ...options, query });
  if (status >= 300) throw new Error(`sending a dry run to ${path}: ${status}: ${JSON.stringify(body)}`);
  return warnings;
}

function collectionPath({ apiVersion, kind, metadata }: ObjectReference): string {
  const collection = collections[kind];
  if (collection === undefined) throw new Error(`sending ${kind} ${metadata.name}: add the kind's plural to the table`);
  const namespace = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `/apis/${apiVersion}${namespace}/${collection}`;
}
