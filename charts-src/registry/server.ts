import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import {
  registryPort,
  registryPorts,
  registryServerLabel,
  registryServiceLabel,
} from '../../definitions/names/model-registry';
import { addDisruptionBudget, spread } from '../kubernetes/availability';
import { namespaceOfPrincipal } from '../kubernetes/mesh';
import { dnsEgress, namespaceNamed, podsIn, tcp } from '../kubernetes/network-peers';
import { externalReferences } from '../kubernetes/references';
import { resourceRequirements } from '../kubernetes/resources';
import type { DatabaseAccess } from './database';
import { registryNames } from './names';
import type { RegistryOptions } from './options';

/** What the server of a registry is made of. */
export interface ServerProps {
  readonly options: RegistryOptions;
  /** Reference of the server's image. */
  readonly image: string;
  readonly database: DatabaseAccess;
  /** Annotation under which the registry sync controller reads an external address. */
  readonly addressAnnotation: string;
  /** Pods in the cluster that use the API, by namespace and labels. */
  readonly clients: readonly RegistryClient[];
}

/** Pods that use the API of registries. */
export interface RegistryClient {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

const [, plain] = registryPorts;

/** ServiceAccount, ConfigMap, Service, Deployment and NetworkPolicy of a registry's server. */
export function addServer(scope: Construct, props: ServerProps): void {
  const { options, addressAnnotation } = props;
  const names = registryNames(options);
  const { namespace, displayName, description, externalAddress, replicas } = options;
  new k8s.KubeServiceAccount(scope, 'ServiceAccount', {
    metadata: { name: names.serviceAccount, namespace },
    // The server never calls the API server.
    automountServiceAccountToken: false,
  });
  new k8s.KubeConfigMap(scope, 'Config', {
    metadata: { name: names.configMap, namespace, labels: serverLabels },
    data: {
      MODEL_REGISTRY_REST_SERVICE_HOST: names.service,
      MODEL_REGISTRY_REST_SERVICE_PORT: String(registryPort),
      MODEL_REGISTRY_DATA_STORE_TYPE: 'embedmd',
    },
  });
  new k8s.KubeService(scope, 'Service', {
    metadata: {
      name: names.service,
      namespace,
      labels: {
        app: names.service,
        [registryServiceLabel.key]: registryServiceLabel.value,
        'app.kubernetes.io/name': names.service,
        'app.kubernetes.io/instance': names.service,
        'app.kubernetes.io/component': 'model-registry',
        'app.kubernetes.io/part-of': 'model-registry',
      },
      annotations: {
        displayName,
        description,
        ...(externalAddress === undefined ? {} : { [addressAnnotation]: externalAddress }),
      },
    },
    spec: {
      type: 'ClusterIP',
      selector: { ...names.selector },
      ports: [{ name: plain.name, port: registryPort, appProtocol: plain.scheme }],
    },
  });
  addDeployment(scope, props);
  addDisruptionBudget(scope, { name: names.deployment, namespace, selector: names.selector, replicas });
  addNetworkPolicy(scope, props);
}

const serverLabels = { [registryServerLabel.key]: registryServerLabel.value };

function addDeployment(scope: Construct, { options, image, database }: ServerProps): void {
  const names = registryNames(options);
  const { namespace, replicas, sidecar, resources } = options;
  const excluded = sidecar && database.port !== undefined ? String(database.port) : undefined;
  // Upstream's servers read their address from variables where they bring the database.
  const fromConfig = database.envFrom !== undefined;
  new k8s.KubeDeployment(scope, 'Deployment', {
    metadata: {
      name: names.deployment,
      namespace,
      labels: { ...names.selector },
      ...externalReferences(database.external),
    },
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...names.selector } },
      template: {
        metadata: {
          labels: { ...names.selector, 'sidecar.istio.io/inject': String(sidecar) },
          ...(excluded === undefined
            ? {}
            : { annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': excluded } }),
        },
        spec: {
          serviceAccountName: names.serviceAccount,
          terminationGracePeriodSeconds: 30,
          ...spread({ name: names.deployment, namespace, selector: names.selector, replicas }),
          containers: [
            {
              name: 'rest-container',
              image,
              command: ['/model-registry', 'proxy'],
              args: [
                '--hostname=0.0.0.0',
                fromConfig ? '--port=$(MODEL_REGISTRY_REST_SERVICE_PORT)' : `--port=${registryPort}`,
                ...database.args,
              ],
              env: [...database.env],
              ...(fromConfig
                ? {
                    envFrom: [names.configMap, ...(database.envFrom ?? [])].map((name) => ({ configMapRef: { name } })),
                  }
                : {}),
              ports: [{ name: plain.name, containerPort: registryPort }],
              ...probes(),
              resources: resourceRequirements(resources),
              volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }, ...(database.volumeMounts ?? [])],
            },
          ],
          volumes: [{ name: 'tmp', emptyDir: {} }, ...(database.volumes ?? [])],
        },
      },
    },
  });
}

/**
 * The server itself waits five minutes for its database: a shorter start-up probe would restart it all the time. It lives as long as it
 * listens: a restart does not bring back a database.
 */
function probes(): Pick<k8s.Container, 'startupProbe' | 'livenessProbe' | 'readinessProbe'> {
  const port = k8s.IntOrString.fromString(plain.name);
  return {
    startupProbe: {
      httpGet: { path: '/readyz/isDirty', port },
      initialDelaySeconds: 10,
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 60,
    },
    livenessProbe: {
      tcpSocket: { port },
      initialDelaySeconds: 30,
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    readinessProbe: {
      httpGet: { path: '/readyz/health', port },
      initialDelaySeconds: 5,
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
  };
}

function addNetworkPolicy(scope: Construct, { options, database, clients }: ServerProps): void {
  const { namespace, networkPolicy, mesh } = options;
  if (networkPolicy === undefined) return;
  const names = registryNames(options);
  const namespaces = [
    ...networkPolicy.namespaces,
    ...(mesh === undefined ? [] : [namespaceOfPrincipal(mesh.gatewayPrincipal)]),
  ];
  new k8s.KubeNetworkPolicy(scope, 'NetworkPolicy', {
    metadata: { name: names.networkPolicy, namespace },
    spec: {
      podSelector: { matchLabels: { ...names.selector } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            ...clients.map((client) => podsIn(client.namespace, client.labels)),
            ...namespaces.map((name) => ({ namespaceSelector: namespaceNamed(name) })),
            ...networkPolicy.namespaceLabels.map((matchLabels) => ({ namespaceSelector: { matchLabels } })),
          ],
          ports: [tcp(registryPort)],
        },
      ],
      egress: [dnsEgress, ...database.egress],
    },
  });
}
