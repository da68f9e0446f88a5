import { storageReferences } from '../../../controllers/inference-runs/storage-references';
import type { InferenceConfigSpec } from '../../../definitions/inference/inference-config';
import { configOf } from './objects';

const referencesOf = (spec: Partial<InferenceConfigSpec>, ...more: [Parameters<typeof storageReferences>[2]?]) =>
  storageReferences(configOf(spec), 'ml', ...more);

const secretsOf = (...settings: Parameters<typeof referencesOf>) => {
  const { volumes, mounts } = referencesOf(...settings);
  return Object.fromEntries(
    mounts.map(({ name, mountPath, readOnly }) => {
      expect(readOnly).toBe(true);
      return [mountPath, volumes.find((volume) => volume.name === name)?.secret?.secretName];
    }),
  );
};

const storage = (input: Record<string, Record<string, unknown>>, output: typeof input = {}) => ({
  storage: { input, output },
});

describe('Secrets that a config names (3.8.6)', () => {
  it('endpoints in the namespace of the run are mounted by namespace and name, credentials by name, each once', () => {
    const handler = { name: 'handler', namespace: 'ml' };
    const spec = {
      ...storage(
        { krateo: { api: { endpointRef: handler, path: '/a' } } },
        {
          custom: {
            s3: [{ deep: { endpointRef: handler } }],
            credentialsRef: { name: 'bucket' },
            caRef: { name: 'authority' },
          },
        },
      ),
      kserve: { endpointRef: { name: 'model', namespace: 'ml' } },
    };
    expect(secretsOf(spec)).toEqual({
      '/var/run/inference/endpoints/ml/handler': 'handler',
      '/var/run/inference/endpoints/ml/model': 'model',
      '/var/run/inference/credentials/authority': 'authority',
      '/var/run/inference/credentials/bucket': 'bucket',
    });
    expect(referencesOf(spec).hasAllSecrets).toBe(true);
  });

  it('the one of dead letters is mounted too, those of the run before those of the config', () => {
    const deadLetter = (name: string) => ({ errors: { deadLetter: { s3: { credentialsRef: { name } } } } });
    const spec = { execution: deadLetter('of-config') };
    expect(secretsOf(spec)).toEqual({ '/var/run/inference/credentials/of-config': 'of-config' });
    expect(secretsOf(spec, { execution: deadLetter('of-run') })).toEqual({
      '/var/run/inference/credentials/of-run': 'of-run',
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['in another namespace', { endpointRef: { name: 'handler', namespace: 'other' } }],
    ['without a namespace', { endpointRef: { name: 'handler' } }],
    ['with more than name and namespace', { endpointRef: { name: 'handler', namespace: 'ml', key: 'a' } }],
    ['with a name that is no text', { endpointRef: { name: 1, namespace: 'ml' } }],
    ['with a name that would leave its folder', { endpointRef: { name: '../../etc', namespace: 'ml' } }],
    ['with a placeholder for a name', { credentialsRef: { name: '${parameters.secret}' } }],
    ['that is a text', { credentialsRef: 'bucket' }],
    ['as credentials with a namespace', { credentialsRef: { name: 'bucket', namespace: 'ml' } }],
  ])('a reference %s is left to the runner', (_what, settings) => {
    expect(referencesOf(storage({ http: settings }))).toEqual({ volumes: [], mounts: [], hasAllSecrets: false });
  });

  it('nothing is mounted where the config says no', () => {
    const spec = {
      ...storage({ http: { endpointRef: { name: 'handler', namespace: 'ml' } } }),
      runner: { mountEndpoints: false },
    };
    expect(referencesOf(spec)).toEqual({ volumes: [], mounts: [], hasAllSecrets: false });
    expect(referencesOf({ runner: { mountEndpoints: false } })).toEqual({
      volumes: [],
      mounts: [],
      hasAllSecrets: true,
    });
  });

  it.each([false, true])('a missing one holds the pod back unless it is optional: %s', (optional) => {
    const { volumes } = referencesOf(storage({ s3: { credentialsRef: { name: 'bucket' } } }), { optional });
    expect(volumes).toEqual([{ name: 'secret-0', secret: { secretName: 'bucket', optional } }]);
  });
});

describe('storage kinds that are volumes (8.5)', () => {
  it('claims are mounted for reading and for writing, at the folder they name', () => {
    const { volumes, mounts } = referencesOf(
      storage({ pvc: { claimName: 'in', subPath: 'january' } }, { pvc: { claimName: 'out', path: 'results' } }),
    );
    expect(volumes).toEqual([
      { name: 'storage-input', persistentVolumeClaim: { claimName: 'in', readOnly: true } },
      { name: 'storage-output', persistentVolumeClaim: { claimName: 'out' } },
    ]);
    expect(mounts).toEqual([
      { name: 'storage-input', mountPath: '/mnt/input', subPath: 'january', readOnly: true },
      { name: 'storage-output', mountPath: '/mnt/output' },
    ]);
  });

  it('one claim for both is one volume, since a volume attached for reading can’t be written', () => {
    const { volumes, mounts } = referencesOf(
      storage({ pvc: { claimName: 'data', subPath: 'in' } }, { pvc: { claimName: 'data', subPath: 'out' } }),
    );
    expect(volumes).toEqual([{ name: 'storage-output', persistentVolumeClaim: { claimName: 'data' } }]);
    expect(mounts).toEqual([
      { name: 'storage-output', mountPath: '/mnt/input', subPath: 'in', readOnly: true },
      { name: 'storage-output', mountPath: '/mnt/output', subPath: 'out' },
    ]);
  });

  it('dead letters on a claim are where an output would be', () => {
    const { volumes, mounts } = referencesOf({
      ...storage({ inline: { data: '' } }, { log: {} }),
      execution: { errors: { deadLetter: { pvc: { claimName: 'bad' } } } },
    });
    expect(volumes).toEqual([{ name: 'storage-output', persistentVolumeClaim: { claimName: 'bad' } }]);
    expect(mounts).toEqual([{ name: 'storage-output', mountPath: '/mnt/output' }]);
  });

  it('of a ConfigMap the pod gets the key that is named, or all', () => {
    const sourcesOf = (configMap: Record<string, unknown>) => referencesOf(storage({ configMap }));
    expect(sourcesOf({ name: 'items', key: 'rows.jsonl' })).toMatchObject({
      volumes: [
        {
          name: 'storage-config-map',
          projected: {
            sources: [{ configMap: { name: 'items', items: [{ key: 'rows.jsonl', path: 'rows.jsonl' }] } }],
          },
        },
      ],
      mounts: [{ name: 'storage-config-map', mountPath: '/mnt/config-map-input', readOnly: true }],
    });
    expect(sourcesOf({ name: 'items' }).volumes).toEqual([
      { name: 'storage-config-map', projected: { sources: [{ configMap: { name: 'items' } }] } },
    ]);
  });

  it.each([
    [{ pvc: {} }],
    [{ pvc: { claimName: 7 } }],
    [{ configMap: { key: 'a' } }],
    [{ custom: { claimName: 'in' } }],
  ])('%j makes no volume', (input) => {
    expect(referencesOf(storage(input))).toEqual({ volumes: [], mounts: [], hasAllSecrets: true });
  });
});
