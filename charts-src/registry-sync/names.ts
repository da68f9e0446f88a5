import type { MetricsPort } from '../monitoring/metrics-certificate';
import type { RegistrySyncOptions } from './options';

/** Names of all objects of one installation of registry sync, and the labels by which its pods are found. */
export interface RegistrySyncNames {
  /** Value of `app.kubernetes.io/name` and `app.kubernetes.io/instance`. */
  readonly application: string;
  readonly instance: string;
  /** Labels besides the recommended ones, of the Deployment, its pods and its Service. */
  readonly labels: Readonly<Record<string, string>>;
  readonly selector: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  readonly deployment: string;
  readonly configMap: string;
  readonly managerRole: string;
  readonly managerRoleBinding: string;
  readonly leaderElectionRole: string;
  readonly leaderElectionRoleBinding: string;
  /** Role and binding in each namespace in which registries are allowed. */
  readonly registryReader: string;
  readonly metricsAuthRole: string;
  readonly metricsAuthRoleBinding: string;
  /** For whoever scrapes: bound to nobody here. */
  readonly metricsReader: string;
  readonly metricsService: string;
  readonly networkPolicy: string;
  readonly serviceMonitor: string;
  readonly alerts: string;
  readonly dashboard: string;
  readonly podDisruptionBudget: string;
}

/** Our own names; cluster-scoped ones say whose they are. */
export function slipwayNames(prefix: string): RegistrySyncNames {
  const instance = `${prefix}registry-sync`;
  const cluster = `${prefix}slipway-registry-sync`;
  return {
    application: 'registry-sync',
    instance,
    labels: {},
    selector: { 'app.kubernetes.io/name': 'registry-sync', 'app.kubernetes.io/instance': instance },
    serviceAccount: instance,
    deployment: instance,
    configMap: `${instance}-config`,
    managerRole: cluster,
    managerRoleBinding: cluster,
    leaderElectionRole: `${instance}-leader-election`,
    leaderElectionRoleBinding: `${instance}-leader-election`,
    registryReader: `${cluster}-registries`,
    metricsAuthRole: `${cluster}-metrics-auth`,
    metricsAuthRoleBinding: `${cluster}-metrics-auth`,
    metricsReader: `${cluster}-metrics-reader`,
    metricsService: `${instance}-metrics`,
    networkPolicy: instance,
    serviceMonitor: instance,
    alerts: instance,
    dashboard: `${instance}-dashboard`,
    podDisruptionBudget: instance,
  };
}

/** Names of upstream's controller, as its manifests render them; objects that upstream lacks are named alike. */
export function upstreamNames(prefix: string): RegistrySyncNames {
  const controller = `${prefix}controller`;
  const manager = `${controller}-controller-manager`;
  const controlPlane = { 'control-plane': 'controller-manager' };
  return {
    application: 'controller',
    instance: manager,
    labels: controlPlane,
    selector: controlPlane,
    serviceAccount: manager,
    deployment: manager,
    configMap: `${manager}-config`,
    managerRole: `${controller}-model-registry-manager-role`,
    managerRoleBinding: `${controller}-model-registry-manager-rolebinding`,
    leaderElectionRole: `${controller}-leader-election-role`,
    leaderElectionRoleBinding: `${controller}-leader-election-rolebinding`,
    registryReader: `${controller}-registry-reader`,
    metricsAuthRole: `${controller}-metrics-auth-role`,
    metricsAuthRoleBinding: `${controller}-metrics-auth-rolebinding`,
    metricsReader: `${controller}-metrics-reader`,
    metricsService: `${manager}-metrics-service`,
    networkPolicy: `${controller}-allow-metrics-traffic`,
    serviceMonitor: `${manager}-metrics-monitor`,
    alerts: `${manager}-alerts`,
    dashboard: `${manager}-dashboard`,
    podDisruptionBudget: manager,
  };
}

/** The metrics port, as far as it decides about a certificate. */
export function metricsPort(names: RegistrySyncNames, options: RegistrySyncOptions): MetricsPort {
  return { ...options, service: names.metricsService, option: 'registrySync' };
}
