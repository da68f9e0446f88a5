import type { V1Container, V1Service, V1ServicePort } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../definitions/config/inference-service-config';
import type { Stored } from '../../../definitions/kubernetes/core-resources';
import { containerNames, servingPorts } from '../../../definitions/names/serving';
import type { ChildOwner } from '../../runtime/child-ownership';
import type { ObjectToSend } from '../../runtime/client';
import type { ComponentPlan } from '../component-plan';
import { childMeta, podSelector } from './child-meta';
import { distinctPorts } from './pod-spec';

/** Gateways speak HTTP/2 without TLS to such a port. */
const http2 = 'kubernetes.io/h2c';
const http2Names = /grpc|h2c/;

/** `clusterIP` of a Service without an address of its own. */
const headless = 'None';

/** The Service in front of a component's pods. */
export function desiredService(
  plan: ComponentPlan,
  owner: ChildOwner,
  { service }: Pick<InferenceServiceConfig, 'service'>,
): ObjectToSend<Stored<V1Service>> {
  return {
    metadata: childMeta(plan, owner),
    spec: {
      ...(service.serviceClusterIPNone && { clusterIP: headless }),
      selector: podSelector(plan),
      ports: servicePorts(plan),
    },
  };
}

/**
 * The desired Service for a live one: whether a Service has an address of its own is decided once, the API server refuses to change it.
 * A change of that setting reaches new Services only, as upstream.
 */
export function withLiveClusterIp(
  desired: ObjectToSend<Stored<V1Service>>,
  live: Stored<V1Service> | undefined,
): ObjectToSend<Stored<V1Service>> {
  const liveIp = live?.spec?.clusterIP;
  if (
    liveIp === undefined ||
    desired.spec === undefined ||
    (desired.spec.clusterIP === headless) === (liveIp === headless)
  ) {
    return desired;
  }
  const { clusterIP: _decided, ...spec } = desired.spec;
  return { ...desired, spec: liveIp === headless ? { ...spec, clusterIP: headless } : spec };
}

function servicePorts({ name, podSpec, extension }: ComponentPlan): V1ServicePort[] {
  const server =
    podSpec.containers.find((container) => container.name === containerNames.transformer) ?? podSpec.containers[0];
  const behindAgent = extension.logger !== undefined || extension.batcher !== undefined;
  const [first, ...further] = containerPorts(server);
  const target = behindAgent ? servingPorts.agent : (first?.port ?? servingPorts.container);
  return [
    { ...(first ?? { name, protocol: 'TCP' }), port: servingPorts.service, targetPort: target },
    ...further.map((port) => ({ ...port, targetPort: port.port })),
  ];
}

/** Ports of a container as ports of a Service. */
function containerPorts(container: V1Container | undefined): V1ServicePort[] {
  const ports = distinctPorts(container?.ports ?? []);
  return ports.map(({ name, containerPort, protocol = 'TCP' }) => {
    // Among several ports each needs a name.
    const portName = name ?? (ports.length > 1 ? `port-${containerPort}` : undefined);
    return {
      ...(portName !== undefined && { name: portName }),
      port: containerPort,
      protocol,
      ...(name !== undefined && http2Names.test(name) && { appProtocol: http2 }),
    };
  });
}
