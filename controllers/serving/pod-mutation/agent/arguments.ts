import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../../definitions/config/inference-service-config';
import { internalAnnotations, servingLabels } from '../../../../definitions/names/serving';
import type { LoggerSettings } from './logger-settings';

/** The pod that gets an agent, as far as its arguments depend on it. */
export interface AgentPod {
  readonly metadata: Pick<V1ObjectMeta, 'name' | 'labels' | 'annotations'>;
  readonly namespace: string;
  readonly componentPort: number;
}

/** What the agent of a pod is asked to do. */
export interface AgentTasks {
  readonly puller: boolean;
  readonly batcher: boolean;
  readonly logger: LoggerSettings | undefined;
}

/** Flags of the agent in the order in which KServe writes them. */
export function agentArguments(
  pod: AgentPod,
  { puller, batcher, logger }: AgentTasks,
  settings: Pick<InferenceServiceConfig, 'logger' | 'batcher'>,
): string[] {
  const annotations = pod.metadata.annotations ?? {};
  return [
    ...(puller ? pullerArguments(annotations) : []),
    ...(batcher ? batcherArguments(annotations, settings.batcher) : []),
    ...(logger === undefined ? [] : loggerArguments(pod, annotations, logger, settings.logger)),
    '--component-port',
    `${pod.componentPort}`,
  ];
}

type Annotations = Readonly<Record<string, string>>;

function pullerArguments(annotations: Annotations): readonly string[] {
  return [
    '--enable-puller',
    ...flag('--config-dir', annotations[internalAnnotations.configMountPath]),
    ...flag('--model-dir', annotations[internalAnnotations.modelDir]),
  ];
}

/** What the component leaves open is the platform's setting. */
function batcherArguments(
  annotations: Annotations,
  { maxBatchSize, maxLatency }: InferenceServiceConfig['batcher'],
): readonly string[] {
  return [
    '--enable-batcher',
    ...flag('--max-batchsize', annotations[internalAnnotations.batcherMaxBatchSize] ?? filled(maxBatchSize)),
    ...flag('--max-latency', annotations[internalAnnotations.batcherMaxLatency] ?? filled(maxLatency)),
  ];
}

function loggerArguments(
  { metadata, namespace }: AgentPod,
  annotations: Annotations,
  { storage, marshallerUrl, batchSize, batchInterval }: LoggerSettings,
  platform: InferenceServiceConfig['logger'],
): readonly string[] {
  const labels = metadata.labels ?? {};
  return [
    ...flag('--log-url', annotations[internalAnnotations.loggerSinkUrl] ?? platform.defaultUrl),
    ...flag('--source-uri', metadata.name ?? ''),
    ...flag('--log-mode', annotations[internalAnnotations.loggerMode] ?? 'all'),
    ...flag('--inference-service', labels[servingLabels.inferenceService] ?? ''),
    ...flag('--namespace', namespace),
    ...flag('--endpoint', labels[servingLabels.endpoint] ?? ''),
    ...flag('--component', labels[servingLabels.component] ?? ''),
    ...flag('--log-store-path', filled(storage?.path)),
    ...flag('--log-store-format', filled(storage?.format)),
    ...flag('--log-marshaller-url', filled(marshallerUrl)),
    ...flag('--log-batch-size', batchSize > 0 ? `${batchSize}` : undefined),
    ...flag('--log-batch-interval', filled(batchInterval)),
    ...flag('--metadata-headers', annotations[internalAnnotations.loggerMetadataHeaders]),
    ...flag('--metadata-annotations', metadataAnnotations(annotations)),
    ...flag('--logger-ca-cert-file', filled(platform.caCertFile)),
    ...flag('--logger-tls-skip-verify', `${platform.tlsSkipVerify}`),
  ];
}

/** Annotations to copy into events, with their values; those that the pod does not have are left out. */
function metadataAnnotations(annotations: Annotations): string | undefined {
  const wanted = annotations[internalAnnotations.loggerMetadataAnnotations];
  if (wanted === undefined) return undefined;
  return wanted
    .split(',')
    .flatMap((key) => (annotations[key] === undefined ? [] : [`${key}=${annotations[key]}`]))
    .join(',');
}

function flag(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}

function filled(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
