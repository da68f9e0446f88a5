import type { V1Container, V1Pod, V1PodSpec, V1Secret, V1ServiceAccount } from '@kubernetes/client-node';
import { mutatePod, type PodMutationSettings } from '../../../../controllers/serving/pod-mutation/mutate-pod';
import { PodMutationError } from '../../../../controllers/serving/pod-mutation/pod-mutation-error';
import {
  injectStorageUris,
  type StorageUrisOfPod,
} from '../../../../controllers/serving/pod-mutation/storage/inject-storage-uris';
import type { PodSurroundings } from '../../../../controllers/serving/pod-mutation/surroundings';
import {
  inferenceServiceConfigSchemas as schemas,
  type InferenceServiceConfigInput,
} from '../../../../definitions/config/inference-service-config';
import { internalAnnotations } from '../../../../definitions/names/serving';
import type { ClusterStorageContainer } from '../../../../definitions/serving/cluster-storage-container';
import type { InferenceService } from '../../../../definitions/serving/inference-service';
import { frozen } from '../frozen';

export const managerNamespace = 'kserve';
export const namespace = 'models';

/** Settings of the platform as they are after parsing; the storage initializer's resources are the shipped ones. */
export function settingsOf(input: InferenceServiceConfigInput = {}): PodMutationSettings {
  return {
    storageInitializer: schemas.storageInitializer.parse(input.storageInitializer ?? {}),
    credentials: schemas.credentials.parse(input.credentials ?? {}),
    logger: schemas.logger.parse(input.logger ?? {}),
    batcher: schemas.batcher.parse(input.batcher ?? {}),
    agent: schemas.agent.parse(input.agent ?? {}),
    metricsAggregator: schemas.metricsAggregator.parse(input.metricsAggregator ?? {}),
  };
}

/** A cluster in memory; every namespace has the same Secrets and ServiceAccounts. */
export interface Cluster {
  readonly storageContainers?: readonly ClusterStorageContainer[];
  readonly secrets?: readonly V1Secret[];
  readonly serviceAccounts?: readonly V1ServiceAccount[];
  readonly inferenceServices?: readonly InferenceService[];
}

export function surroundingsOf({ storageContainers = [], secrets, serviceAccounts, inferenceServices }: Cluster) {
  const surroundings: PodSurroundings = {
    clusterStorageContainers: () => storageContainers,
    secret: (_, name) => secrets?.find(({ metadata }) => metadata?.name === name),
    serviceAccount: async (_, name) => serviceAccounts?.find(({ metadata }) => metadata?.name === name),
    inferenceService: async (_, name) => inferenceServices?.find(({ metadata }) => metadata.name === name),
  };
  return frozen(surroundings);
}

/** A Secret as stored. */
export function secret(name: string, data: Record<string, string>, annotations: Record<string, string> = {}): V1Secret {
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return { metadata: { name, annotations }, data: Object.fromEntries(encoded) as Record<string, string> };
}

/** A ServiceAccount that lists Secrets. */
export function account(name: string, secrets: readonly string[], annotations: Record<string, string> = {}) {
  return { metadata: { name, annotations }, secrets: secrets.map((listed) => ({ name: listed })) };
}

/** A ClusterStorageContainer for URIs with a prefix. */
export function storageContainer(
  name: string,
  supportedUriFormats: ClusterStorageContainer['spec']['supportedUriFormats'],
  more: {
    readonly spec?: Partial<ClusterStorageContainer['spec']>;
    readonly disabled?: boolean;
  } = {},
): ClusterStorageContainer {
  return {
    metadata: { name },
    spec: {
      container: { name: 'storage-initializer', image: `${name}:1` },
      supportedUriFormats,
      workloadType: 'initContainer',
      supportsMultiModelDownload: true,
      ...more.spec,
    },
    ...(more.disabled === undefined ? {} : { disabled: more.disabled }),
  };
}

/** A pod of the InferenceService `iris` whose predictor has the model of a URI. */
export function podOf(
  uri: string | undefined,
  {
    spec = {},
    annotations = {},
    labels = {},
  }: {
    readonly spec?: Partial<V1PodSpec>;
    readonly annotations?: Record<string, string>;
    readonly labels?: Record<string, string>;
  } = {},
): V1Pod {
  return {
    metadata: {
      name: 'iris-predictor-0',
      labels: { 'serving.kserve.io/inferenceservice': 'iris', component: 'predictor', ...labels },
      annotations: { ...(uri === undefined ? {} : { [internalAnnotations.storageSourceUri]: uri }), ...annotations },
    },
    spec: { containers: [{ name: 'kserve-container', image: 'server:1' }], ...spec },
  };
}

/** The pod after its admission; each pod is admitted twice, and the second time nothing may change (reinvocation). */
export async function admitted(pod: V1Pod, settings = settingsOf(), cluster: Cluster = {}): Promise<V1Pod> {
  const admit = (once: V1Pod) =>
    mutatePod(frozen(once), namespace, frozen(settings), managerNamespace, surroundingsOf(cluster));
  const first = await admit(pod);
  expect(await admit(first)).toEqual(first);
  return first;
}

/** What the admission of a pod is refused with. */
export async function refusal(...args: Parameters<typeof admitted>): Promise<string> {
  return refusalOf(admitted(...args));
}

/** The message of the PodMutationError that something fails with. */
export async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PodMutationError);
  return error instanceof Error ? error.message : '';
}

/** The pod of a component with several sources; injected twice, like `admitted`. */
export async function withUris(
  spec: Partial<V1PodSpec>,
  storageUris: StorageUrisOfPod['storageUris'],
  {
    settings = settingsOf(),
    cluster = {},
    ...more
  }: Partial<Omit<StorageUrisOfPod, 'storageUris'>> & {
    readonly settings?: PodMutationSettings;
    readonly cluster?: Cluster;
  } = {},
): Promise<V1PodSpec> {
  const pod = { namespace, managerNamespace, annotations: {}, ...more, storageUris };
  const inject = (once: V1PodSpec) =>
    injectStorageUris(frozen(once), frozen(pod), frozen(settings), surroundingsOf(cluster));
  const first = await inject({ containers: [{ name: 'kserve-container' }], ...spec });
  expect(await inject(first)).toEqual(first);
  return first;
}

/** A container of a pod by its name, init containers included. */
export function containerOf(pod: V1Pod | V1PodSpec, name: string): V1Container {
  const spec = 'containers' in pod ? pod : (pod.spec ?? { containers: [] });
  const found = [...spec.containers, ...(spec.initContainers ?? [])].find((container) => container.name === name);
  if (found === undefined) throw new Error(`no container ${name}`);
  return found;
}

/** The storage initializer of a pod. */
export const initializerOf = (pod: V1Pod | V1PodSpec) => containerOf(pod, 'storage-initializer');

/** Variables of a container by their name. */
export const envOf = (container: V1Container) =>
  Object.fromEntries((container.env ?? []).map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));

/** A reference to an entry of a Secret, as a variable has it. */
export const fromSecret = (name: string, key: string) => ({ secretKeyRef: { name, key } });
