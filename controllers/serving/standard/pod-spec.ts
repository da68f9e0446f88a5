import type { V1Container, V1PodSpec, V1Probe } from '@kubernetes/client-node';
import { containerNames, servingPorts } from '../../../definitions/names/serving';

/** Containers that answer requests: not ready before their port is open. */
const servers: readonly string[] = [containerNames.main, containerNames.transformer];

/**
 * A component's pod with what KServe fills in before the API server does. Two values differ from the API server's: the pull policy of
 * images tagged `latest`, and the readiness probe of a server that has none.
 *
 * Lists that are keyed by name or port have each key once: server-side apply refuses more.
 */
export function deployedPodSpec(podSpec: V1PodSpec): V1PodSpec {
  const { initContainers, imagePullSecrets, hostAliases } = podSpec;
  return {
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...podSpec,
    containers: podSpec.containers.map((container) => withDefaults(withDistinctKeys(container))),
    ...(initContainers !== undefined && { initContainers: initContainers.map(withDistinctKeys) }),
    ...(imagePullSecrets !== undefined && { imagePullSecrets: lastOfEach(imagePullSecrets, ({ name }) => name ?? '') }),
    ...(hostAliases !== undefined && { hostAliases: lastOfEach(hostAliases, ({ ip }) => ip) }),
  };
}

function withDefaults(container: V1Container): V1Container {
  return {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    ...container,
    ...(container.readinessProbe === undefined &&
      servers.includes(container.name) && { readinessProbe: portIsOpen(container) }),
  };
}

function portIsOpen({ ports }: V1Container): V1Probe {
  return {
    tcpSocket: { port: ports?.[0]?.containerPort ?? servingPorts.container },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  };
}

function withDistinctKeys(container: V1Container): V1Container {
  const { env, ports } = container;
  return {
    ...container,
    // Of a variable that is set twice, the container sees the last value.
    ...(env !== undefined && { env: lastOfEach(env, ({ name }) => name) }),
    ...(ports !== undefined && { ports: distinctPorts(ports) }),
  };
}

/** Ports without repetitions: of those with the same number and protocol the first. */
export function distinctPorts<Port extends { readonly containerPort: number; readonly protocol?: string }>(
  ports: readonly Port[],
): Port[] {
  return lastOfEach(
    ports.toReversed(),
    ({ containerPort, protocol = 'TCP' }) => `${containerPort}/${protocol}`,
  ).toReversed();
}

/** The last element of each key, in their order. */
function lastOfEach<Element>(list: readonly Element[], keyOf: (element: Element) => string): Element[] {
  const last = new Map(list.map((element) => [keyOf(element), element]));
  return list.filter((element) => last.get(keyOf(element)) === element);
}
