import type { V1Container, V1Pod, V1PodSpec, V1Probe } from '@kubernetes/client-node';
import { mutatePod } from '../../../../controllers/serving/pod-mutation/mutate-pod';
import { PodMutationError } from '../../../../controllers/serving/pod-mutation/pod-mutation-error';
import { injectStorageUris } from '../../../../controllers/serving/pod-mutation/storage/inject-storage-uris';
import { internalAnnotations, servingAnnotations } from '../../../../definitions/names/serving';
import { frozen } from '../frozen';
import {
  account,
  managerNamespace,
  namespace,
  secret,
  settingsOf,
  storageContainer,
  surroundingsOf,
  type Cluster,
} from './pod-fixtures';

/** Numbers that look random and are the same for a seed (mulberry32). */
function randomOf(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number) => Math.floor(next() * count);
  const pick = <T>(choices: readonly [T, ...T[]]): T => choices[below(choices.length)] ?? choices[0];
  const some = <T>(most: number, make: (index: number) => T): T[] =>
    Array.from({ length: below(most + 1) }, (_, index) => make(index));
  return { below, pick, some, maybe: () => next() < 0.4 };
}

type Random = ReturnType<typeof randomOf>;

const texts = [
  '',
  'a',
  'true',
  'false',
  '{}',
  '{',
  '[]',
  'null',
  '1',
  '-1',
  '/',
  '../x',
  'ü $(A) `',
  's3',
  '{"type":"s3"}',
  'x'.repeat(300),
] as const;
const uris = [
  's3://b/m',
  'gs://b',
  'pvc://store',
  'pvc://store/a/b',
  'pvc://',
  'oci://r/m:1',
  'oci+native://r/m',
  'oci+fetch://r/m',
  'oci+x://',
  'hf://a/b',
  '<scheme-placeholder>://a',
  'model-registry://a',
  '',
  'nothing',
  'https://h/ü?a=b',
] as const;
const paths = [
  '/mnt/models',
  '/mnt/models/a',
  '/mnt/a-b',
  '/mnt/a/b',
  '/',
  '',
  '/a',
  '/___',
  '/Mnt/Ü',
  `/${'y'.repeat(200)}`,
] as const;
const volumeNames = [
  'kserve-provision-location',
  'kserve-pvc-source',
  'mnt-models',
  'user-gcp-sa',
  'cabundle-cert',
  'own',
] as const;
const variables = [
  'STORAGE_URI',
  'HTTP_PROXY',
  'AWS_REGION',
  'HF_TOKEN',
  'USER_PORT',
  'MODEL_INIT_MODE',
  'OWN',
] as const;
const names = [
  'kserve-container',
  'worker-container',
  'transformer-container',
  'queue-proxy',
  'agent',
  'istio-proxy',
  'modelcar',
  'own',
] as const;

function anyContainer(random: Random, name: string): V1Container {
  const env = [...new Set(random.some(4, () => random.pick(variables)))];
  const mounts = [...new Set(random.some(2, () => random.pick(volumeNames)))];
  return {
    name,
    ...(random.maybe() ? { env: env.map((variable) => ({ name: variable, value: random.pick(texts) })) } : {}),
    ...(random.maybe()
      ? { volumeMounts: mounts.map((volume, index) => ({ name: volume, mountPath: `/own/${index}` })) }
      : {}),
    ...(random.maybe() ? { ports: random.some(2, () => ({ containerPort: random.pick([8080, 9081, 9088]) })) } : {}),
    ...(random.maybe()
      ? {
          readinessProbe: random.pick<V1Probe>([
            { periodSeconds: 1 },
            { httpGet: { port: 1 } },
            { exec: {} },
            { tcpSocket: { port: 'a' } },
          ]),
        }
      : {}),
    ...(random.maybe() ? { securityContext: { runAsUser: random.below(3) } } : {}),
    ...(random.maybe() ? { resources: random.pick([{}, { limits: { 'nvidia.com/gpu': '1' } }]) } : {}),
  };
}

function anySpec(random: Random): V1PodSpec {
  const containers = [...new Set(random.some(4, () => random.pick(names)))];
  const initContainers = [
    ...new Set(
      random.some(2, () =>
        random.pick(['storage-initializer', 'istio-init', 'istio-proxy', 'own-init', 'modelcar-init']),
      ),
    ),
  ];
  const volumes = [...new Set(random.some(3, () => random.pick(volumeNames)))];
  return {
    containers: (random.maybe()
      ? ['kserve-container', ...containers.slice(1).filter((name) => name !== 'kserve-container')]
      : containers
    ).map((name) => anyContainer(random, name)),
    ...(random.maybe() ? { initContainers: initContainers.map((name) => anyContainer(random, name)) } : {}),
    ...(random.maybe()
      ? {
          volumes: volumes.map((name) => ({
            name,
            ...random.pick([{ emptyDir: {} }, { secret: { secretName: 'keys' } }]),
          })),
        }
      : {}),
    ...(random.maybe() ? { serviceAccountName: random.pick(['own', '', 'none']) } : {}),
    ...(random.maybe() ? { imagePullSecrets: random.pick([[], [{}], [{ name: 'pull' }]]) } : {}),
  };
}

function anyAnnotations(random: Random): Record<string, string> {
  const keys = [
    ...Object.values(internalAnnotations),
    ...Object.values(servingAnnotations),
    'serving.kserve.io/storageSecretName',
  ];
  const chosen = keys.filter(() => random.below(8) === 0);
  return {
    ...Object.fromEntries(
      chosen.map((key) => [
        key,
        random.pick([
          ...texts,
          'keys',
          'own',
          'REDIRECT',
          '{"containers":["istio-proxy"]}',
          '{"type":"s3","bucket":"b"}',
        ]),
      ]),
    ),
    ...(random.maybe() ? { [internalAnnotations.storageSourceUri]: random.pick(uris) } : {}),
  };
}

function anyPod(random: Random): V1Pod {
  const labels = {
    'serving.kserve.io/inferenceservice': 'iris',
    ...(random.maybe() ? { component: random.pick(['transformer', 'x']) } : {}),
  };
  const local = random.below(6) === 0 ? { 'internal.serving.kserve.io/localmodel': 'a' } : {};
  return { metadata: { labels: { ...labels, ...local }, annotations: anyAnnotations(random) }, spec: anySpec(random) };
}

function anyCluster(random: Random): Cluster {
  const keys = [
    'awsSecretAccessKey',
    'S3_ENDPOINT',
    'gcloud-application-credentials.json',
    'AZ_CLIENT_ID',
    'https-host',
    'headers',
    'HDFS_NAMENODE',
    'HF_TOKEN',
    'default',
    'AWS_CA_BUNDLE',
    'AWS_CA_BUNDLE_CONFIGMAP',
  ] as const;
  const anySecret = (name: string) =>
    secret(name, Object.fromEntries(random.some(4, () => [random.pick(keys), random.pick(texts)])));
  return {
    secrets: [anySecret('keys'), anySecret('other'), ...(random.maybe() ? [anySecret('storage-config')] : [])],
    serviceAccounts: [
      account('default', random.pick([[], ['keys'], ['keys', 'other']])),
      account(
        'own',
        random.pick([['other', 'keys'], ['gone']]),
        random.pick([{}, { 'eks.amazonaws.com/role-arn': 'a' }]),
      ),
    ],
    storageContainers: random.some(3, (index) =>
      storageContainer(
        random.pick(['own', `c${index}`]),
        random.pick([[], [{ prefix: 's3://' }], [{ regex: '.' }], [{ regex: '(' }]]),
        {
          spec: {
            supportsMultiModelDownload: random.maybe(),
            container: {
              name: random.pick(['storage-initializer', 'own-init']),
              ...random.pick([{}, { args: ['--own'] }]),
            },
          },
          disabled: random.maybe(),
        },
      ),
    ),
  };
}

const anySettings = (random: Random) =>
  settingsOf({
    storageInitializer: {
      caBundleConfigMapName: random.pick(['', 'ca']),
      enableModelcar: random.maybe(),
      ...(random.maybe() ? { ociModelMode: random.pick(['modelcar', 'native', 'fetch']) } : {}),
      ...(random.maybe() ? { uidModelcar: 1010 } : {}),
    },
    logger: { caBundle: random.pick(['', 'ca']), ...(random.maybe() ? { storage: {} } : {}) },
    metricsAggregator: { enableMetricAggregation: random.pick(['true', '']) },
  });

/** Everything of `before` is in `after`: containers, volumes with their content, variables and mounts by their names. */
function expectKept(before: V1PodSpec, after: V1PodSpec): void {
  for (const list of ['containers', 'initContainers'] as const) {
    for (const container of before[list] ?? []) {
      const kept = after[list]?.filter(({ name }) => name === container.name) ?? [];
      expect(kept).toHaveLength(1);
      expect(kept[0]?.env?.map(({ name }) => name) ?? []).toEqual(
        expect.arrayContaining(container.env?.map(({ name }) => name) ?? []),
      );
      expect(kept[0]?.volumeMounts ?? []).toEqual(expect.arrayContaining(container.volumeMounts ?? []));
    }
    const all = after[list]?.map(({ name }) => name) ?? [];
    expect(new Set(all).size).toBe(all.length);
  }
  expect(after.volumes ?? []).toEqual(expect.arrayContaining(before.volumes ?? []));
  const volumes = after.volumes?.map(({ name }) => name) ?? [];
  expect(new Set(volumes).size).toBe(volumes.length);
}

/** What comes out, or undefined for an error of ours; any other error fails the test. */
async function outcome<T>(attempt: Promise<T>): Promise<T | undefined> {
  try {
    return await attempt;
  } catch (error) {
    if (error instanceof PodMutationError) return undefined;
    throw error;
  }
}

describe('any pod, in any cluster', () => {
  const seeds = Array.from({ length: 400 }, (_, index) => index);

  it('is admitted or refused with a reason, keeps what the user wrote, and does not change the second time', async () => {
    let done = 0;
    for (const seed of seeds) {
      const random = randomOf(seed);
      const pod = frozen(anyPod(random));
      const [settings, surroundings] = [anySettings(random), surroundingsOf(anyCluster(random))];
      const admit = (once: V1Pod) => mutatePod(frozen(once), namespace, settings, managerNamespace, surroundings);
      const after = await outcome(admit(pod));
      if (after?.spec === undefined || pod.spec === undefined) continue;
      done += 1;
      expectKept(pod.spec, after.spec);
      expect(await admit(after)).toEqual(after);
    }
    expect(done).toBeGreaterThan(seeds.length / 4);
  });

  it('gets several URIs or is refused with a reason, and keeps what the user wrote', async () => {
    let done = 0;
    for (const seed of seeds) {
      const random = randomOf(seed);
      const spec = frozen(anySpec(random));
      const storageUris = random.some(4, () => ({
        uri: random.pick(uris),
        ...(random.maybe() ? { mountPath: random.pick(paths) } : {}),
      }));
      const place = {
        storageUris,
        namespace,
        managerNamespace,
        annotations: anyAnnotations(random),
        ...(random.maybe() ? { storageSpec: { key: '', parameters: {} } } : {}),
      };
      const [settings, surroundings] = [anySettings(random), surroundingsOf(anyCluster(random))];
      const inject = (once: V1PodSpec) => injectStorageUris(frozen(once), place, settings, surroundings);
      const after = await outcome(inject(spec));
      if (after === undefined) continue;
      done += 1;
      expectKept(spec, after);
      expect(await inject(after)).toEqual(after);
    }
    expect(done).toBeGreaterThan(seeds.length / 4);
  });
});
