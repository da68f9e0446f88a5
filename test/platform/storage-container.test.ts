import { local } from '../../charts-src/environments/local';
import { serializeManifests } from '../../charts-src/kubernetes/serialize';
import { renderEnvironment } from '../../charts-src/output/render-environment';
import { parseManifests } from './manifests';
import { localCommand, localEnv, serviceAddresses, storageContainer } from './storage-container';

const rendered = renderEnvironment(local('http://127.0.0.1:12345')).flatMap(({ manifests }) =>
  parseManifests(serializeManifests(manifests)),
);
const places = { node: '/usr/bin/node', program: '/build/slipway.mjs', addresses: serviceAddresses(rendered) };

const container = {
  name: 'storage-initializer',
  command: ['/nodejs/bin/node', '--no-maglev', '/app/slipway.mjs', 'storage-initializer'],
  args: ['model-registry://iris/v1', '/mnt/models'],
  env: [
    { name: 'MODEL_REGISTRY_BASE_URL', value: 'model-registry-service.kubeflow.svc.cluster.local:8080' },
    { name: 'MODEL_REGISTRY_SCHEME', value: 'http' },
    { name: 'MODEL_REGISTRY_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    { name: 'AWS_ACCESS_KEY_ID', valueFrom: { secretKeyRef: { name: 'storage', key: 'AWS_ACCESS_KEY_ID' } } },
  ],
};
const fields = { 'metadata.namespace': 'ml-models' };

describe("a pod's container that fetches the model, on this machine", () => {
  it('is the init container that admission has put there', () => {
    const other = { name: 'wait', image: 'busybox' };
    expect(storageContainer({ spec: { containers: [], initContainers: [other, container] } })).toBe(container);
    expect(storageContainer({ spec: { containers: [], initContainers: [other] } })).toBeUndefined();
  });

  it("runs this machine's Node with the bundled program, and fetches to a directory here", () => {
    expect(localCommand(container, places, '/pod/mnt/models')).toEqual([
      '/usr/bin/node',
      '--no-maglev',
      '/build/slipway.mjs',
      'storage-initializer',
      'model-registry://iris/v1',
      '/pod/mnt/models',
    ]);
  });

  it('is refused when its image is needed', () => {
    const { name, args } = container;
    expect(() => localCommand({ name, args }, places, '/pod')).toThrow(
      'container storage-initializer runs what its image says, expected /nodejs/bin/node first',
    );
  });

  it("has the registry's Service where its annotation says it is, fields from the pod, keys from the Secret", async () => {
    const secretValue = (secret: string, key: string) => Promise.resolve(`${key} of ${secret}`);
    expect(await localEnv(container, places, { fields, secretValue })).toEqual({
      MODEL_REGISTRY_BASE_URL: '127.0.0.1:12345',
      MODEL_REGISTRY_SCHEME: 'http',
      MODEL_REGISTRY_NAMESPACE: 'ml-models',
      AWS_ACCESS_KEY_ID: 'AWS_ACCESS_KEY_ID of storage',
    });
  });

  it('says what is not there', async () => {
    const secretValue = () => Promise.resolve(undefined);
    await expect(localEnv(container, places, { fields, secretValue })).rejects.toThrow(
      'variable AWS_ACCESS_KEY_ID takes AWS_ACCESS_KEY_ID of Secret storage, which is not there',
    );
    await expect(localEnv(container, places, { fields: {}, secretValue: async () => 'key' })).rejects.toThrow(
      'variable MODEL_REGISTRY_NAMESPACE takes metadata.namespace, which the stand-in for nodes does not know',
    );
  });
});
