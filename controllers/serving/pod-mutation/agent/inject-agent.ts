import type { V1Container, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../../definitions/config/inference-service-config';
import {
  containerNames,
  internalAnnotations,
  modelDirectory,
  servingLabels,
  servingPorts,
  volumeNames,
} from '../../../../definitions/names/serving';
import type { InferenceService } from '../../../../definitions/serving/inference-service';
import { withAccess, withMounted, type ContainerInPod } from '../container-in-pod';
import { variableOf, withVariables } from '../container-variables';
import { serviceAccountAccess } from '../credentials/service-account-access';
import { withModelMount, withModelVolume, type ModelMount } from '../model-volume';
import { withContainers } from '../serving-containers';
import type { PodSurroundings } from '../surroundings';
import { agentArguments } from './arguments';
import { loggerSettings, type LoggerSettings } from './logger-settings';
import { agentReadiness, componentPort } from './readiness';

export type AgentSettings = Pick<InferenceServiceConfig, 'agent' | 'logger' | 'batcher' | 'credentials'>;

const loggerCaDirectory = '/etc/tls/logger';
const modelConfigDirectory = '/mnt/configs';

/**
 * A pod with the agent that its annotations ask for: it pulls models, batches requests or logs them. A pod that has one is left alone.
 * Throws when a Secret with its credentials is missing.
 */
export async function injectAgent(
  pod: V1Pod,
  namespace: string,
  settings: AgentSettings,
  surroundings: PodSurroundings,
): Promise<V1Pod> {
  const { metadata = {}, spec } = pod;
  const annotations = metadata.annotations ?? {};
  const asks = (key: string) => annotations[key] !== undefined;
  const puller = asks(internalAnnotations.agent);
  const batcher = asks(internalAnnotations.batcher);
  const logs = asks(internalAnnotations.logger);
  if (spec === undefined || !(puller || batcher || logs)) return pod;
  if (spec.containers.some(({ name }) => name === containerNames.agent)) return pod;

  const owner = logs ? await ownerOf(pod, namespace, surroundings) : undefined;
  const logger = logs ? loggerSettings(metadata.labels?.[servingLabels.component], owner, settings.logger) : undefined;
  const about = { metadata, namespace, componentPort: componentPort(spec) };
  const container = agentContainer(spec, agentArguments(about, { puller, batcher, logger }, settings), settings.agent);

  let made: ContainerInPod = { container, volumes: spec.volumes ?? [] };
  if (logs && settings.logger.caBundle !== '') {
    const configMap = { name: settings.logger.caBundle, optional: true };
    made = withMounted(made, { volume: { name: volumeNames.agentCaBundle, configMap }, mountPath: loggerCaDirectory });
  }
  for (const serviceAccountName of accountsOf(spec, logger)) {
    const account = { namespace, annotations, serviceAccountName };
    made = withAccess(made, await serviceAccountAccess(account, settings.credentials, surroundings));
  }
  const withAgent = {
    ...spec,
    containers: [...spec.containers, made.container],
    volumes: [...made.volumes],
  };
  const changed = puller ? withPulledModels(withAgent, annotations) : withAgent;
  return { ...pod, spec: withContainers(changed, [containerNames.queueProxy], toAgent) };
}

/** Logging does not wait for an InferenceService that can't be read: the platform's settings do. */
async function ownerOf(
  { metadata }: V1Pod,
  namespace: string,
  surroundings: Pick<PodSurroundings, 'inferenceService'>,
): Promise<InferenceService | undefined> {
  const name = metadata?.labels?.[servingLabels.inferenceService] ?? '';
  try {
    return await surroundings.inferenceService(namespace, name);
  } catch {
    return undefined;
  }
}

function accountsOf({ serviceAccountName }: V1PodSpec, logger: LoggerSettings | undefined) {
  return [serviceAccountName, ...(logger?.storage === undefined ? [] : [logger.storage.serviceAccountName])];
}

function agentContainer(spec: V1PodSpec, args: string[], settings: InferenceServiceConfig['agent']): V1Container {
  const { probe, env } = agentReadiness(spec);
  const securityContext = spec.containers[0]?.securityContext;
  return {
    name: containerNames.agent,
    image: settings.image,
    args,
    resources: {
      requests: { cpu: settings.cpuRequest, memory: settings.memoryRequest },
      limits: { cpu: settings.cpuLimit, memory: settings.memoryLimit },
    },
    ports: [{ name: 'agent-port', containerPort: servingPorts.agent, protocol: 'TCP' }],
    ...(securityContext === undefined ? {} : { securityContext: structuredClone(securityContext) }),
    ...(env.length === 0 ? {} : { env: [...env] }),
    readinessProbe: probe,
  };
}

/** queue-proxy talks to the agent instead of the model. */
function toAgent(queueProxy: V1Container): V1Container {
  const name = 'USER_PORT';
  if (variableOf(queueProxy, name) === undefined) return queueProxy;
  return withVariables(queueProxy, [{ name, value: `${servingPorts.agent}` }]);
}

/** Has the agent put the models that its list names where the model server looks for them. */
function withPulledModels(spec: V1PodSpec, annotations: Readonly<Record<string, string>>): V1PodSpec {
  const models: ModelMount = {
    volume: { name: volumeNames.modelDirectory, emptyDir: {} },
    mountPath: modelDirectory,
    readOnly: false,
  };
  const shared = withModelVolume(
    withContainers(spec, [containerNames.agent, containerNames.main], (container) => withModelMount(container, models)),
    models.volume,
  );
  const list = annotations[internalAnnotations.configVolumeName];
  if (list === undefined) return shared;
  const config: ModelMount = {
    volume: { name: volumeNames.modelConfig, configMap: { name: list } },
    mountPath: modelConfigDirectory,
    readOnly: false,
  };
  const listed = withContainers(shared, [containerNames.agent], (container) => withModelMount(container, config));
  return withModelVolume(listed, config.volume);
}
