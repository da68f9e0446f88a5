import { createHash } from 'node:crypto';
import { internalAnnotations } from '../../../../definitions/names/serving';
import {
  account,
  admitted,
  containerOf,
  envOf,
  initializerOf,
  podOf,
  refusal,
  secret,
  settingsOf,
  storageContainer,
} from './pod-fixtures';

const files = { name: 'kserve-provision-location', mountPath: '/mnt/models' };
const claim = { name: 'kserve-pvc-source', mountPath: '/mnt/models' };

describe('a pod with the model of one URI', () => {
  it('is left alone without a URI, but for its metrics annotations (case 89)', async () => {
    const pod = podOf(undefined);
    expect((await admitted(pod)).spec).toEqual(pod.spec);
  });

  it('is left alone when it has a storage initializer (case 89)', async () => {
    const pod = podOf('s3://bucket/model', {
      spec: { initContainers: [{ name: 'storage-initializer', args: ['own'] }] },
    });
    expect((await admitted(pod)).spec).toEqual(pod.spec);
  });

  it('is left alone when it is of no InferenceService', async () => {
    const pod = {
      metadata: { annotations: { [internalAnnotations.storageSourceUri]: 's3://b/m' } },
      spec: { containers: [] },
    };
    expect(await admitted(pod)).toEqual(pod);
  });

  it('is left alone when the agent pulls its models', async () => {
    const pod = podOf('s3://bucket/model', { annotations: { [internalAnnotations.agent]: 'true' } });
    expect((await admitted(pod)).spec?.initContainers).toBeUndefined();
  });

  it('fetches it with the platform’s initializer, which alone may write it', async () => {
    const { spec } = await admitted(
      podOf('s3://bucket/model', {
        spec: { containers: [{ name: 'kserve-container' }, { name: 'transformer-container' }, { name: 'other' }] },
      }),
    );
    expect(spec).toEqual({
      containers: [
        { name: 'kserve-container', volumeMounts: [{ ...files, readOnly: true }] },
        { name: 'transformer-container', volumeMounts: [{ ...files, readOnly: true }] },
        { name: 'other' },
      ],
      initContainers: [
        {
          name: 'storage-initializer',
          image: 'kserve/storage-initializer:latest',
          args: ['s3://bucket/model', '/mnt/models'],
          terminationMessagePolicy: 'FallbackToLogsOnError',
          resources: { requests: { cpu: '100m', memory: '100Mi' }, limits: { cpu: '1', memory: '1Gi' } },
          volumeMounts: [files],
          env: [
            { name: 'HF_HUB_ENABLE_HF_TRANSFER', value: '1' },
            { name: 'HF_XET_HIGH_PERFORMANCE', value: '1' },
            { name: 'HF_XET_NUM_CONCURRENT_RANGE_GETS', value: '8' },
          ],
        },
      ],
      volumes: [{ name: 'kserve-provision-location', emptyDir: {} }],
    });
  });

  it('fetches into the volume that the user brings under the name', async () => {
    const own = { name: 'kserve-provision-location', emptyDir: { sizeLimit: '5Gi' } };
    const { spec } = await admitted(podOf('s3://bucket/model', { spec: { volumes: [own] } }));
    expect(spec?.volumes).toEqual([own]);
  });

  it.each([
    ['pvc://store', {}],
    ['pvc://store/a/b', { subPath: 'a/b' }],
  ])('mounts %s without fetching, and rewrites STORAGE_URI of a custom container (case 90)', async (uri, more) => {
    const container = { name: 'kserve-container', env: [{ name: 'STORAGE_URI', value: uri }] };
    const { spec } = await admitted(podOf(uri, { spec: { containers: [container] } }));
    expect(spec).toEqual({
      containers: [
        {
          name: 'kserve-container',
          env: [{ name: 'STORAGE_URI', value: '/mnt/models' }],
          volumeMounts: [{ ...claim, ...more, readOnly: true }],
        },
      ],
      volumes: [{ name: 'kserve-pvc-source', persistentVolumeClaim: { claimName: 'store' } }],
    });
  });

  it.each(['pvc://store', 's3://bucket/model'])(
    'can be written where the annotation says so: %s (case 90)',
    async (uri) => {
      const pod = await admitted(podOf(uri, { annotations: { 'storage.kserve.io/readonly': 'false' } }));
      expect(containerOf(pod, 'kserve-container').volumeMounts?.[0]).not.toHaveProperty('readOnly');
    },
  );

  it('is given to the worker of several nodes', async () => {
    const pod = await admitted(podOf('s3://b/m', { spec: { containers: [{ name: 'worker-container' }] } }));
    expect(containerOf(pod, 'worker-container').volumeMounts).toEqual([{ ...files, readOnly: true }]);
  });

  it('is refused without a container that serves', async () => {
    const message = await refusal(podOf('s3://b/m', { spec: { containers: [{ name: 'random' }] } }));
    expect(message).toBe('Invalid configuration: cannot find container');
  });

  it('hands the key of a confidential model on', async () => {
    const annotations = {
      [internalAnnotations.confidentialEnabled]: 'true',
      [internalAnnotations.confidentialResourceId]: 'kbs:///a/b/c',
    };
    expect(envOf(initializerOf(await admitted(podOf('s3://b/m', { annotations }))))).toMatchObject({
      CONFIDENTIAL_ENABLED: 'true',
      CONFIDENTIAL_RESOURCE_ID: 'kbs:///a/b/c',
    });
  });
});

describe('a model of the local cache', () => {
  const source = 's3://bucket/models';
  const key = createHash('sha256').update(source).digest('hex').slice(0, 16);
  const labels = { 'internal.serving.kserve.io/localmodel': 'cache' };
  const annotations = {
    [internalAnnotations.localModelClaim]: 'cache-nodes',
    [internalAnnotations.localModelSourceUri]: source,
  };

  it.each([
    [source, `models/${key}/`],
    [`${source}/iris`, `models/${key}/iris`],
  ])('is mounted from its claim: %s', async (uri, subPath) => {
    const pod = await admitted(podOf(uri, { labels, annotations }));
    expect(pod.spec?.volumes).toEqual([{ name: claim.name, persistentVolumeClaim: { claimName: 'cache-nodes' } }]);
    expect(containerOf(pod, 'kserve-container').volumeMounts).toEqual([{ ...claim, subPath, readOnly: true }]);
  });

  it('is refused without the name of the claim', async () => {
    const message = await refusal(podOf(source, { labels }));
    expect(message).toBe('Annotation internal.serving.kserve.io/localmodel-pvc-name not found');
  });
});

describe('the storage container for a URI (case 91)', () => {
  const s3 = storageContainer('s3', [{ prefix: 's3://' }]);
  const https = storageContainer('https', [{ regex: 'https://(.+?).blob/(.+)' }]);
  const imageFor = async (uri: string, ...storageContainers: (typeof s3)[]) =>
    initializerOf(await admitted(podOf(uri), settingsOf(), { storageContainers })).image;

  it('is found by prefix, by expression, or not at all', async () => {
    expect(await imageFor('s3://b/m', https, s3)).toBe('s3:1');
    expect(await imageFor('https://a.blob/m', s3, https)).toBe('https:1');
    expect(await imageFor('gs://b/m', s3, https)).toBe('kserve/storage-initializer:latest');
  });

  it('is the first that is for it; disabled ones and those of jobs are passed over', async () => {
    const disabled = storageContainer('off', [{ prefix: 's3://' }], { disabled: true });
    const ofJobs = storageContainer('jobs', [{ prefix: 's3://' }], { spec: { workloadType: 'localModelDownloadJob' } });
    expect(await imageFor('s3://b/m', disabled, ofJobs, s3, storageContainer('late', [{ prefix: 's3://' }]))).toBe(
      's3:1',
    );
  });

  it('looks at no expression beside a prefix', async () => {
    const both = storageContainer('both', [{ prefix: 'gs://', regex: '.' }]);
    expect(await imageFor('s3://b/m', both, s3)).toBe('s3:1');
  });

  it('is refused when its expression is none', async () => {
    const broken = storageContainer('broken', [{ regex: '(' }]);
    const message = await refusal(podOf('s3://b/m'), settingsOf(), { storageContainers: [broken] });
    expect(message).toBe('ClusterStorageContainer "broken" has regex "(", which is not one');
  });

  it.each([
    [undefined, 'not found'],
    [storageContainer('own', [{ prefix: 's3://' }], { disabled: true }), 'is disabled'],
    [
      storageContainer('own', [{ prefix: 's3://' }], { spec: { workloadType: 'localModelDownloadJob' } }),
      'has workloadType "localModelDownloadJob"; explicit selection requires "initContainer"',
    ],
    [storageContainer('own', [{ prefix: 'gs://' }]), 'does not support storageUri "s3://b/m"'],
  ])('that is named must be usable: %#', async (own, cause) => {
    const pod = podOf('s3://b/m', { annotations: { [internalAnnotations.storageContainerName]: 'own' } });
    const message = await refusal(pod, settingsOf(), { storageContainers: own === undefined ? [s3] : [s3, own] });
    expect(message).toBe(`ClusterStorageContainer "own" ${cause}`);
  });

  it('is laid over the initializer: its command and security are added, its own arguments replace the URI', async () => {
    const container = {
      name: 'own-initializer',
      command: ['/bin/fetch'],
      args: ['--own'],
      securityContext: { runAsNonRoot: true },
      resources: { limits: { cpu: 2 } },
      env: [{ name: 'A', value: '1' }],
    };
    const own = storageContainer('own', [{ prefix: 's3://' }], { spec: { container } });
    const pod = await admitted(podOf('s3://b/m'), settingsOf(), { storageContainers: [own] });
    expect(pod.spec?.initContainers).toHaveLength(1);
    expect(containerOf(pod, 'own-initializer')).toMatchObject({
      image: 'kserve/storage-initializer:latest',
      command: ['/bin/fetch'],
      args: ['--own'],
      securityContext: { runAsNonRoot: true },
      resources: { requests: { cpu: '100m', memory: '100Mi' }, limits: { cpu: '2', memory: '1Gi' } },
      volumeMounts: [files],
    });
  });

  it('keeps its own settings for the Hugging Face hub (case 94)', async () => {
    const container = { name: 'storage-initializer', env: [{ name: 'HF_XET_HIGH_PERFORMANCE', value: '0' }] };
    const own = storageContainer('own', [{ prefix: 'hf://' }], { spec: { container } });
    const pod = await admitted(podOf('hf://a/b'), settingsOf(), { storageContainers: [own] });
    expect(envOf(initializerOf(pod))).toEqual({
      HF_XET_HIGH_PERFORMANCE: '0',
      HF_HUB_ENABLE_HF_TRANSFER: '1',
      HF_XET_NUM_CONCURRENT_RANGE_GETS: '8',
    });
  });
});

describe('variables of the model’s container (§17 row 54)', () => {
  const valueFrom = { secretKeyRef: { name: 'own', key: 'token' } };
  const env = [
    { name: 'AWS_REGION', value: 'eu-west-1' },
    { name: 'https_proxy', value: 'http://proxy:3128' },
    { name: 'HF_TOKEN', valueFrom },
    { name: 'HF_ENDPOINT', value: '' },
    { name: 'MODEL_NAME', value: 'iris' },
  ];
  const pod = podOf('s3://b/m', { spec: { containers: [{ name: 'kserve-container', env }] } });

  it('reach the initializer where they say how to reach files, as values or references', async () => {
    const given = envOf(initializerOf(await admitted(pod)));
    expect(given).toMatchObject({ AWS_REGION: 'eu-west-1', https_proxy: 'http://proxy:3128', HF_TOKEN: valueFrom });
    expect(given).not.toHaveProperty('HF_ENDPOINT');
    expect(given).not.toHaveProperty('MODEL_NAME');
  });

  it('don’t change what credentials say, a region by its other name included', async () => {
    const cluster = {
      serviceAccounts: [account('default', ['keys', 'hub'])],
      secrets: [
        secret('keys', { awsSecretAccessKey: 'x', AWS_DEFAULT_REGION: 'us-east-2' }),
        secret('hub', { HF_TOKEN: 'y' }),
      ],
    };
    const given = envOf(initializerOf(await admitted(pod, settingsOf(), cluster)));
    expect(given).toMatchObject({ AWS_DEFAULT_REGION: 'us-east-2', HF_TOKEN: { secretKeyRef: { name: 'hub' } } });
    expect(given).not.toHaveProperty('AWS_REGION');
  });
});
