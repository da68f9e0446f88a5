import { configuredOciMode, ociImage, ociMode } from '../../../../controllers/serving/pod-mutation/oci/oci-mode';
import {
  admitted,
  containerOf,
  envOf,
  initializerOf,
  podOf,
  refusal,
  refusalOf,
  settingsOf,
  withUris,
} from './pod-fixtures';

const modelcar = settingsOf({ storageInitializer: { enableModelcar: true, uidModelcar: 1010 } });
const native = settingsOf({ storageInitializer: { ociModelMode: 'native' } });
const fetch = settingsOf({ storageInitializer: { ociModelMode: 'fetch' } });

describe('the mode of an OCI URI', () => {
  const { storageInitializer: off } = settingsOf();

  it.each([
    ['s3://b/m', native.storageInitializer, undefined],
    ['oci://r/m:1', off, undefined],
    ['oci://r/m:1', modelcar.storageInitializer, 'modelcar'],
    ['oci://r/m:1', settingsOf({ storageInitializer: { enableOciModelSupport: true } }).storageInitializer, 'modelcar'],
    ['oci://r/m:1', fetch.storageInitializer, 'fetch'],
    ['oci+native://r/m:1', fetch.storageInitializer, 'native'],
    ['oci+native://r/m:1', off, 'native'],
    ['oci+other://r/m:1', native.storageInitializer, 'modelcar'],
  ])('%s', (uri, settings, mode) => {
    expect(ociMode(uri, settings)).toBe(mode);
  });

  it('is the platform’s for all that name none, and the image is the rest', () => {
    expect(configuredOciMode(native.storageInitializer)).toBe('native');
    expect(configuredOciMode(off)).toBeUndefined();
    expect(ociImage('oci+fetch://r.io/a/b@sha256:0')).toBe('r.io/a/b@sha256:0');
  });
});

describe('an image as modelcar (case 96)', () => {
  const resources = { requests: { cpu: '10m', memory: '15Mi' }, limits: { cpu: '10m', memory: '15Mi' } };
  const shared = { name: 'kserve-provision-location', mountPath: '/mnt' };

  it('is a sidecar whose files the model server reads through its process', async () => {
    const securityContext = { readOnlyRootFilesystem: true };
    const containers = [{ name: 'kserve-container', securityContext }];
    const { spec } = await admitted(podOf('oci://r/m:1', { spec: { containers } }), modelcar);
    expect(spec).toEqual({
      shareProcessNamespace: true,
      containers: [
        {
          name: 'kserve-container',
          securityContext: { ...securityContext, runAsUser: 1010 },
          env: [{ name: 'MODEL_INIT_MODE', value: 'async' }],
          volumeMounts: [shared],
        },
        {
          name: 'modelcar',
          image: 'r/m:1',
          args: ['sh', '-c', 'ln -sf /proc/$$$$/root/models /mnt/models && sleep infinity'],
          resources,
          terminationMessagePolicy: 'FallbackToLogsOnError',
          securityContext: { runAsUser: 1010 },
          volumeMounts: [shared],
        },
      ],
      initContainers: [
        {
          name: 'modelcar-init',
          image: 'r/m:1',
          args: [
            'sh',
            '-c',
            `echo 'Pre-fetching modelcar r/m:1: ' && [ -d /models ] && [ "$$(ls -A /models)" ] && echo 'OK ... Prefetched and valid (/models exists)' || (echo 'NOK ... Prefetched but modelcar is invalid (/models does not exist or is empty)' && exit 1)`,
          ],
          resources,
          terminationMessagePolicy: 'FallbackToLogsOnError',
        },
      ],
      volumes: [{ name: 'kserve-provision-location', emptyDir: {} }],
    });
  });

  it('is numbered from the second on, with a volume and directory of its own', async () => {
    const uris = [
      { uri: 'oci://r/a', mountPath: '/mnt/a/x' },
      { uri: 'oci://r/b', mountPath: "/mnt/b's/$HOME" },
    ];
    const spec = await withUris({}, uris, { settings: modelcar });
    expect(spec.containers.map(({ name }) => name)).toEqual(['kserve-container', 'modelcar', 'modelcar-1']);
    expect(spec.initContainers?.map(({ name }) => name)).toEqual(['modelcar-init', 'modelcar-init-1']);
    expect(containerOf(spec, 'kserve-container').volumeMounts).toEqual([
      { name: 'kserve-provision-location', mountPath: '/mnt/a' },
      { name: 'kserve-provision-location-1', mountPath: "/mnt/b's" },
    ]);
    expect(containerOf(spec, 'modelcar').args?.[2]).toBe(
      'mkdir -p /mnt/a && ln -sf /proc/$$$$/root/models /mnt/a/x && sleep infinity',
    );
    expect(containerOf(spec, 'modelcar-1').args?.[2]).toBe(
      `mkdir -p '/mnt/b'\\''s' && ln -sf /proc/$$$$/root/models '/mnt/b'\\''s/$$HOME' && sleep infinity`,
    );
  });

  it('is refused where its volume would hide the root', async () => {
    const message = await refusalOf(withUris({}, [{ uri: 'oci://r/a', mountPath: '/a' }], { settings: modelcar }));
    expect(message).toContain('OCI mount path "/a" is right below the root');
  });

  it('is refused beside another one in the same directory', async () => {
    const uris = ['a', 'b'].map((name) => ({ uri: `oci://r/${name}`, mountPath: `/mnt/models/${name}` }));
    expect(await refusalOf(withUris({}, uris, { settings: modelcar }))).toBe(
      'OCI mount paths "/mnt/models/a" and "/mnt/models/b" share parent directory "/mnt/models", which would cause volume mount shadowing; use mount paths with distinct parent directories',
    );
  });

  it('is refused when it is one of more than ten', async () => {
    const uris = Array.from({ length: 11 }, (_, index) => ({ uri: 'oci://r/m', mountPath: `/mnt/${index}/m` }));
    const message = await refusalOf(withUris({}, uris, { settings: modelcar }));
    expect(message).toBe('too many OCI sources (11); maximum is 10 per pod');
  });
});

describe('an image as volume (case 96)', () => {
  it.each([
    ['oci://r/m:1', native],
    ['oci+native://r/m:1', settingsOf()],
  ])('is mounted read only from its models directory: %s (§17 row 27)', async (uri, settings) => {
    const { spec } = await admitted(podOf(uri), settings);
    expect(spec).toEqual({
      containers: [
        {
          name: 'kserve-container',
          image: 'server:1',
          volumeMounts: [{ name: 'mnt-models', mountPath: '/mnt/models', subPath: 'models', readOnly: true }],
        },
      ],
      volumes: [{ name: 'mnt-models', image: { reference: 'r/m:1', pullPolicy: 'IfNotPresent' } }],
    });
  });

  it('is refused where something else is mounted', async () => {
    const volumeMounts = [{ name: 'own', mountPath: '/mnt/models' }];
    const pod = podOf('oci://r/m:1', { spec: { containers: [{ name: 'kserve-container', volumeMounts }] } });
    expect(await refusal(pod, native)).toBe('mountPath "/mnt/models" already used by volume "own"');
  });

  it('is refused twice at one path', async () => {
    const uris = ['a', 'b'].map((name) => ({ uri: `oci://r/${name}`, mountPath: '/mnt/models' }));
    expect(await refusalOf(withUris({}, uris, { settings: native }))).toBe(
      'OCI mount path "/mnt/models" is specified more than once; each native ImageVolume must have a unique mount path',
    );
  });
});

describe('an image that is fetched (case 96)', () => {
  it('is fetched by the initializer with the credentials of the pod’s images', async () => {
    const settings = settingsOf({
      storageInitializer: { ociModelMode: 'fetch', ociInsecureRegistry: true, caBundleConfigMapName: 'platform-ca' },
    });
    const imagePullSecrets = [{ name: 'first' }, { name: 'second' }];
    const pod = await admitted(podOf('oci+fetch://r/m:1', { spec: { imagePullSecrets } }), settings);
    expect(initializerOf(pod)).toMatchObject({
      args: ['oci://r/m:1', '/mnt/models'],
      volumeMounts: [
        { name: 'mnt-models', mountPath: '/mnt/models' },
        { name: 'kserve-oci-fetch-docker-config', mountPath: '/mnt/oci-fetch-auth', readOnly: true },
        { name: 'cabundle-cert', mountPath: '/etc/ssl/custom-certs', readOnly: true },
      ],
    });
    expect(envOf(initializerOf(pod))).toEqual({
      KSERVE_OCI_DOCKER_CONFIG: '/mnt/oci-fetch-auth/config.json',
      CA_BUNDLE_CONFIGMAP_NAME: 'global-ca-bundle',
      CA_BUNDLE_VOLUME_MOUNT_POINT: '/etc/ssl/custom-certs',
      KSERVE_OCI_INSECURE_REGISTRY: 'true',
    });
    const items = [{ key: '.dockerconfigjson', path: 'config.json' }];
    expect(pod.spec?.volumes).toEqual([
      { name: 'mnt-models', emptyDir: {} },
      { name: 'kserve-oci-fetch-docker-config', secret: { secretName: 'first', defaultMode: 0o400, items } },
      { name: 'cabundle-cert', configMap: { name: 'global-ca-bundle' } },
    ]);
    expect(containerOf(pod, 'kserve-container').volumeMounts).toEqual([
      { name: 'mnt-models', mountPath: '/mnt/models' },
    ]);
  });

  it('shares one initializer with others, and none with files of other storage', async () => {
    const uris = [
      { uri: 's3://b/m', mountPath: '/mnt/s3/m' },
      { uri: 'oci://r/a', mountPath: '/mnt/a/m' },
      { uri: 'oci://r/b', mountPath: '/mnt/b/m' },
    ];
    const spec = await withUris({}, uris, { settings: fetch });
    expect(spec.initContainers?.map(({ name, args }) => [name, args])).toEqual([
      ['storage-initializer', ['s3://b/m', '/mnt/s3/m']],
      ['storage-initializer-1', ['oci://r/a', '/mnt/a/m', 'oci://r/b', '/mnt/b/m']],
    ]);
  });

  it('without a mode is a URI like any other', async () => {
    expect(initializerOf(await admitted(podOf('oci://r/m:1'))).args).toEqual(['oci://r/m:1', '/mnt/models']);
  });
});
