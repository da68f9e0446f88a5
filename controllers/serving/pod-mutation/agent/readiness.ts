import type { V1Container, V1EnvVar, V1PodSpec, V1Probe } from '@kubernetes/client-node';
import { containerNames, servingPorts } from '../../../../definitions/names/serving';

/** How the agent tells that it, and the container behind it, are ready. */
export interface AgentReadiness {
  readonly probe: V1Probe;
  readonly env: readonly V1EnvVar[];
}

/**
 * The kubelet asks the agent, which asks the container behind it: as queue-proxy would where there is one, else by the container's own
 * probe. A command can't be run by the agent: such a probe is left out.
 */
export function agentReadiness(spec: V1PodSpec): AgentReadiness {
  const queueProxy = spec.containers.find(({ name }) => name === containerNames.queueProxy);
  if (queueProxy !== undefined) return { probe: agentProbe('/'), env: [...(queueProxy.env ?? [])] };
  const probe = behindAgent(spec)?.readinessProbe;
  const asked = probe?.httpGet !== undefined || probe?.tcpSocket !== undefined;
  return {
    probe: agentProbe(probe?.httpGet?.path ?? '/'),
    env: asked ? [{ name: 'SERVING_READINESS_PROBE', value: JSON.stringify(probe) }] : [],
  };
}

/** Port of the container behind the agent. */
export function componentPort({ containers }: V1PodSpec): number {
  const named = (wanted: string) => containers.find(({ name }) => name === wanted);
  const behind = named(containerNames.transformer) ?? named(containerNames.main);
  return behind?.ports?.[0]?.containerPort ?? servingPorts.container;
}

function behindAgent({ containers }: V1PodSpec): V1Container | undefined {
  return containers.find(({ name }) => name === containerNames.transformer) ?? containers[0];
}

function agentProbe(path: string): V1Probe {
  const httpHeaders = [{ name: 'K-Network-Probe', value: 'queue' }];
  return { httpGet: { httpHeaders, port: servingPorts.agent, path: path === '' ? '/' : path, scheme: 'HTTP' } };
}
