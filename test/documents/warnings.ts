import type { TestCluster } from '../cluster/test-cluster';
import type { ObjectReference } from '../cluster/unstructured-object';

/** URL parts of the kinds that the documents show. */
const collections: Readonly<Record<string, string>> = {
  ClusterRole: 'clusterroles',
  ClusterServingRuntime: 'clusterservingruntimes',
  InferenceService: 'inferenceservices',
  NetworkPolicy: 'networkpolicies',
  Role: 'roles',
};

/**
 * What the API server answers to somebody who applies an object with field validation `Warn`, the default of most
 * clients. Nothing is stored.
 *
 * @param subresource for example `status`; its object has to exist
 */
export async function warningsOn(cluster: TestCluster, object: ObjectReference, subresource?: string) {
  const { kind, apiVersion, metadata } = object;
  const collection = collections[kind];
  if (collection === undefined)
    throw new Error(`applying ${kind} ${metadata.name}: add the kind's plural to the table`);
  const namespace = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  const part = subresource === undefined ? '' : `/${subresource}`;
  const { status, body, warnings } = await cluster.request(
    'PATCH',
    `/apis/${apiVersion}${namespace}/${collection}/${metadata.name}${part}`,
    {
      body: object,
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: 'kubectl', fieldValidation: 'Warn', dryRun: 'All' },
    },
  );
  if (status >= 300) throw new Error(`applying ${kind} ${metadata.name}: ${status}: ${JSON.stringify(body)}`);
  return warnings;
}
