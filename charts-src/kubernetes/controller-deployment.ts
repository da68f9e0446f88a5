import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import {
  configChecksumAnnotation,
  configDirectory,
  healthPort,
  imageUser,
  livenessPath,
  metricsPorts,
  readinessPath,
} from '../../definitions/names/controller';
import { spread } from './availability';
import { controllerCommand, controllerVariables, terminationGracePeriodSeconds } from './controller-process';
import { externalReferences } from './references';
import { type Resources, resourceRequirements } from './resources';

/** A volume, and where the container finds it. */
export interface Mounted {
  readonly volume: k8s.Volume;
  readonly mountPath: string;
  /** @default true */
  readonly readOnly?: boolean;
}

/** A certificate for the metrics port, in a Secret that is mounted. */
interface MountedCertificate {
  readonly secretName: string;
  readonly directory: string;
  /** Whether somebody else brings the Secret. */
  readonly external: boolean;
}

/** What the Deployments of our controllers differ in. */
export interface ControllerDeploymentProps {
  /** Word after `slipway`. */
  readonly component: string;
  readonly name: string;
  readonly namespace: string;
  /** Labels of the Deployment, and of its pods beside the selector's. */
  readonly labels: Readonly<Record<string, string>>;
  readonly selector: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly serviceAccount: string;
  /** Reference of the image. */
  readonly image: string;
  readonly resources: Resources;
  /** Configuration file, in a ConfigMap of its own. */
  readonly config: { readonly configMap: string; readonly file: string; readonly text: string };
  readonly metrics: keyof typeof metricsPorts;
  /** Name of the container's metrics port. */
  readonly metricsPortName: string;
  /** @default made by the process when it starts */
  readonly metricsCertificate?: MountedCertificate | undefined;
  /** @default 'manager' */
  readonly container?: string;
  /** Variables of the component, put before those of every controller. @default none */
  readonly variables?: readonly k8s.EnvVar[];
  /** ConfigMap whose entries become variables, and what is in it. @default none */
  readonly variablesFrom?: { readonly configMap: string; readonly data: Readonly<Record<string, string>> } | undefined;
  /** Ports beside metrics and health. @default none */
  readonly ports?: readonly k8s.ContainerPort[];
  /** When the container is asked whether it lives, and how often it may fail. */
  readonly liveness: Omit<k8s.Probe, 'httpGet'>;
  readonly readiness: Omit<k8s.Probe, 'httpGet'>;
  /** Volumes beside configuration, `/tmp` and the metrics certificate. @default none */
  readonly mounts?: readonly Mounted[];
  /** Annotations of the pods. @default none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Where pods may run, and what their image is pulled with. @default anywhere */
  readonly placement?: Pick<k8s.PodSpec, 'nodeSelector' | 'tolerations' | 'affinity' | 'imagePullSecrets'>;
}

/** ConfigMap and Deployment of a controller; a change of the configuration rolls the pods through the checksum. */
export function addControllerDeployment(scope: Construct, props: ControllerDeploymentProps): void {
  const { name, namespace, labels, selector, replicas, serviceAccount, config } = props;
  const mounts = mountsOf(props);
  new k8s.KubeConfigMap(scope, 'Config', {
    metadata: { name: config.configMap, namespace },
    data: { [config.file]: config.text },
  });
  new k8s.KubeDeployment(scope, 'Deployment', {
    metadata: {
      name,
      namespace,
      labels: { ...labels },
      ...externalReferences(secretsOfOthers(props).map((secret) => `Secret/${secret}`)),
    },
    spec: {
      replicas,
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...selector } },
      template: {
        metadata: {
          labels: { ...selector, ...labels },
          annotations: {
            ...props.annotations,
            'kubectl.kubernetes.io/default-container': containerName(props),
            [configChecksumAnnotation]: checksum(props),
          },
        },
        spec: {
          serviceAccountName: serviceAccount,
          automountServiceAccountToken: true,
          terminationGracePeriodSeconds,
          securityContext: { runAsUser: imageUser, runAsGroup: imageUser },
          ...spread({ name, namespace, selector, replicas }),
          ...props.placement,
          containers: [containerOf(props, mounts)],
          volumes: mounts.map(({ volume }) => volume),
        },
      },
    },
  });
}

/** Secrets that the pods need and that nobody here renders. */
function secretsOfOthers({ metricsCertificate, placement }: ControllerDeploymentProps): readonly string[] {
  return [
    ...(metricsCertificate?.external === true ? [metricsCertificate.secretName] : []),
    ...(placement?.imagePullSecrets ?? []).flatMap(({ name }) => name ?? []),
  ];
}

function containerOf(props: ControllerDeploymentProps, mounts: readonly Mounted[]): k8s.Container {
  const { component, image, resources, metrics, metricsPortName, metricsCertificate, variablesFrom } = props;
  const { variables = [], ports = [], liveness, readiness } = props;
  return {
    name: containerName(props),
    image,
    command: controllerCommand,
    args: [
      component,
      `--metrics-bind-address=:${metricsPorts[metrics]}`,
      ...(metrics === 'http' ? ['--metrics-secure=false'] : []),
      ...(metricsCertificate === undefined ? [] : [`--metrics-cert-path=${metricsCertificate.directory}`]),
      '--leader-elect',
      `--health-probe-bind-address=:${healthPort}`,
    ],
    env: [...variables, ...controllerVariables],
    ...(variablesFrom === undefined ? {} : { envFrom: [{ configMapRef: { name: variablesFrom.configMap } }] }),
    ports: [
      { name: metricsPortName, containerPort: metricsPorts[metrics] },
      ...ports,
      { name: 'health', containerPort: healthPort },
    ],
    livenessProbe: {
      httpGet: { path: livenessPath, port: k8s.IntOrString.fromNumber(healthPort) },
      ...liveness,
    },
    readinessProbe: {
      httpGet: { path: readinessPath, port: k8s.IntOrString.fromNumber(healthPort) },
      ...readiness,
    },
    resources: resourceRequirements(resources),
    volumeMounts: mounts.map(({ volume, mountPath, readOnly = true }) => ({
      name: volume.name,
      mountPath,
      ...(readOnly ? { readOnly } : {}),
    })),
  };
}

function containerName({ container = 'manager' }: ControllerDeploymentProps): string {
  return container;
}

/** Of everything that the process reads when it starts and never again. */
function checksum({ config, variablesFrom }: ControllerDeploymentProps): string {
  const read = variablesFrom === undefined ? config.text : `${config.text}${JSON.stringify(variablesFrom.data)}`;
  return createHash('sha256').update(read).digest('hex').slice(0, 16);
}

function mountsOf({ config, metricsCertificate, mounts = [] }: ControllerDeploymentProps): readonly Mounted[] {
  return [
    { volume: { name: 'config', configMap: { name: config.configMap } }, mountPath: configDirectory },
    { volume: { name: 'tmp', emptyDir: {} }, mountPath: '/tmp', readOnly: false },
    ...mounts,
    ...(metricsCertificate === undefined
      ? []
      : [
          {
            volume: { name: 'metrics-certificate', secret: { secretName: metricsCertificate.secretName } },
            mountPath: metricsCertificate.directory,
          },
        ]),
  ];
}
