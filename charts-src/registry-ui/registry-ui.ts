import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { configChecksumAnnotation } from '../../definitions/names/controller';
import { registryPort, registryServerLabel } from '../../definitions/names/model-registry';
import { addDisruptionBudget, spread } from '../kubernetes/availability';
import { namespaceOfPrincipal } from '../kubernetes/mesh';
import { dnsEgress, egressTo, namespaceNamed, podsIn, tcp } from '../kubernetes/network-peers';
import { resourceRequirements } from '../kubernetes/resources';
import { addMesh } from './mesh';
import { meshPort, proxyPort, uiNames, uiPort, uiSelector } from './names';
import type { RegistryUiOptions } from './options';
import { addProxyConfig, proxyContainer, proxyVolumes } from './proxy';
import { addRbac } from './rbac';

export interface RegistryUiProps {
  readonly options: RegistryUiOptions;
  /** References of the images. */
  readonly images: { readonly ui: string; readonly proxy: string };
  /** Pods of the model catalog, if the environment has one. */
  readonly catalog?: {
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly port: number;
  };
}

/** The Model Registry's user interface. */
export class RegistryUi extends Construct {
  constructor(scope: Construct, id: string, { options, images, catalog }: RegistryUiProps) {
    super(scope, id);
    const { namespace, exposure, replicas } = options;
    addRbac(this, options);
    // Past the proxy everybody could say who they are: the Service leads to it.
    const target = exposure.mode === 'standalone' ? proxyPort : uiPort;
    new k8s.KubeService(this, 'Service', {
      metadata: { name: uiNames.service, namespace, labels: { ...uiSelector, run: uiSelector.app } },
      spec: {
        type: 'ClusterIP',
        selector: { ...uiSelector },
        ports: [
          {
            name: 'http',
            port: exposure.mode === 'istio' ? meshPort : uiPort,
            targetPort: k8s.IntOrString.fromNumber(target),
          },
        ],
      },
    });
    addDeployment(this, options, images);
    addDisruptionBudget(this, { name: uiNames.deployment, namespace, selector: uiSelector, replicas });
    if (exposure.mode === 'istio') addMesh(this, namespace, exposure);
    addNetworkPolicy(this, options, target, catalog);
  }
}

function addDeployment(scope: Construct, options: RegistryUiOptions, images: RegistryUiProps['images']): void {
  const { namespace, exposure, replicas, resources } = options;
  const config = exposure.mode === 'standalone' ? addProxyConfig(scope, namespace, exposure) : undefined;
  const probe = { httpGet: { path: '/healthcheck', port: k8s.IntOrString.fromNumber(uiPort) } };
  const timing = { periodSeconds: 30, timeoutSeconds: 15, successThreshold: 1, failureThreshold: 3 };
  new k8s.KubeDeployment(scope, 'Deployment', {
    metadata: { name: uiNames.deployment, namespace, labels: { ...uiSelector } },
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...uiSelector } },
      template: {
        metadata: {
          labels: { ...uiSelector },
          ...(config === undefined
            ? {}
            : {
                annotations: {
                  [configChecksumAnnotation]: createHash('sha256').update(config).digest('hex').slice(0, 16),
                },
              }),
        },
        spec: {
          serviceAccountName: uiNames.serviceAccount,
          // It asks the API server who may do what.
          automountServiceAccountToken: true,
          terminationGracePeriodSeconds: 30,
          ...spread({ name: uiNames.deployment, namespace, selector: uiSelector, replicas }),
          containers: [
            {
              name: 'model-registry-ui',
              image: images.ui,
              args: [...deploymentMode(exposure.mode), `--port=${uiPort}`],
              ports: [{ containerPort: uiPort }],
              livenessProbe: { ...probe, ...timing, initialDelaySeconds: 30 },
              readinessProbe: { ...probe, ...timing, initialDelaySeconds: 15 },
              resources: resourceRequirements(resources),
              volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
            },
            ...(exposure.mode === 'standalone' ? [proxyContainer(images.proxy, exposure)] : []),
          ],
          volumes: [{ name: 'tmp', emptyDir: {} }, ...(exposure.mode === 'standalone' ? proxyVolumes() : [])],
        },
      },
    },
  });
}

function deploymentMode(mode: RegistryUiOptions['exposure']['mode']): string[] {
  if (mode === 'plain') return [];
  return [`--deployment-mode=${mode === 'standalone' ? 'standalone' : 'kubeflow'}`];
}

function addNetworkPolicy(
  scope: Construct,
  { namespace, networkPolicy, exposure, registryNamespaces }: RegistryUiOptions,
  port: number,
  catalog: RegistryUiProps['catalog'],
): void {
  if (networkPolicy === undefined) return;
  const gateway = exposure.mode === 'istio' ? namespaceOfPrincipal(exposure.gatewayPrincipal) : undefined;
  const namespaces = [...networkPolicy.namespaces, ...(gateway === undefined ? [] : [gateway])];
  const pods = { matchLabels: { [registryServerLabel.key]: registryServerLabel.value } };
  const servers =
    registryNamespaces === undefined
      ? [{ namespaceSelector: {}, podSelector: pods }]
      : registryNamespaces.map((name) => ({ namespaceSelector: namespaceNamed(name), podSelector: pods }));
  new k8s.KubeNetworkPolicy(scope, 'NetworkPolicy', {
    metadata: { name: uiNames.networkPolicy, namespace },
    spec: {
      podSelector: { matchLabels: { ...uiSelector } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: namespaces.map((name) => ({ namespaceSelector: namespaceNamed(name) })), ports: [tcp(port)] }],
      egress: [
        dnsEgress,
        ...egressTo(networkPolicy.apiServer),
        { to: servers, ports: [tcp(registryPort)] },
        ...(catalog === undefined
          ? []
          : [{ to: [podsIn(catalog.namespace, catalog.labels)], ports: [tcp(catalog.port)] }]),
      ],
    },
  });
}
