import { storageNodeFlags } from '../../definitions/storage/storage-node-flags';
import { local } from '../../charts-src/environments/local';
import { kubeflow } from '../../charts-src/environments/kubeflow';
import type { Environment } from '../../charts-src/environments/environment';
import { serializeManifests } from '../../charts-src/kubernetes/serialize';
import { renderEnvironment } from '../../charts-src/output/render-environment';
import { parseManifests } from './manifests';
import { isFor, localCommand, localEnv, serviceAddresses, storageContainer } from './storage-container';

const rendered = (environment: Environment) =>
  renderEnvironment(environment).flatMap(({ manifests }) => parseManifests(serializeManifests(manifests)));

const container = storageContainer(rendered(kubeflow()), 'model-registry-storage-initializer');
const places = {
  node: '/usr/bin/node',
  program: '/build/slipway.mjs',
  addresses: serviceAddresses(rendered(local('http://127.0.0.1:12345'))),
};

describe('the rendered container of the storage initializer, on this machine', () => {
  it('is for models of a registry, and not for those of storage', () => {
    expect(isFor('model-registry://iris/v1', container)).toBe(true);
    expect(isFor('s3://models/iris', container)).toBe(false);
  });

  it("runs this machine's Node with the bundled program", () => {
    expect(localCommand(container, places)).toEqual([
      '/usr/bin/node',
      ...storageNodeFlags,
      '/build/slipway.mjs',
      'storage-initializer',
    ]);
  });

  it("finds the registry's Service where its annotation says it is", () => {
    expect(localEnv(container, places, {})).toEqual({ MODEL_REGISTRY_BASE_URL: '127.0.0.1:12345' });
  });

  it('keeps what is no address, and takes fields from the pod', () => {
    const { metadata, spec } = container;
    const env = [
      { name: 'MODEL_REGISTRY_SCHEME', value: 'http' },
      { name: 'MODEL_REGISTRY_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    ];
    const other = { kind: container.kind, metadata, spec: { ...spec, container: { ...spec.container, env } } };
    expect(localEnv(other, places, { 'metadata.namespace': 'ml-models' })).toEqual({
      MODEL_REGISTRY_SCHEME: 'http',
      MODEL_REGISTRY_NAMESPACE: 'ml-models',
    });
    expect(() => localEnv(other, places, {})).toThrow('variable MODEL_REGISTRY_NAMESPACE takes metadata.namespace');
  });

  it('is missed by name when it is not rendered', () => {
    expect(() => storageContainer([], 'mine')).toThrow('ClusterStorageContainer mine is not rendered');
  });
});
