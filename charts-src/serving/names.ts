import { controlPlaneLabel } from '../../definitions/names/serving-webhooks';
import type { MetricsPort } from '../monitoring/metrics-certificate';
import type { ServingOptions } from './options';

/** Value of `app.kubernetes.io/name`, of the label of the control plane and of many names. */
export const managerName = 'kserve-controller-manager';

/** Labels by which upstream's manifests, and its users' commands, find the manager's pods. They can't change: a selector. */
export const managerSelector = { [controlPlaneLabel]: managerName, 'controller-tools.k8s.io': '1.0' };

/** Labels that KServe's manifests give their namespace: no webhook touches its pods, and no mesh. */
export const kserveNamespaceLabels = { ...managerSelector, 'istio-injection': 'disabled' };

/** Names of KServe's manifests; objects that KServe lacks are named alike. */
export const servingNames = {
  serviceAccount: managerName,
  deployment: managerName,
  configMap: `${managerName}-config`,
  managerRole: 'kserve-manager-role',
  managerRoleBinding: 'kserve-manager-rolebinding',
  ownRole: 'kserve-leader-election-role',
  ownRoleBinding: 'kserve-leader-election-rolebinding',
  metricsAuthRole: 'kserve-proxy-role',
  metricsAuthRoleBinding: 'kserve-proxy-rolebinding',
  /** For whoever scrapes: bound to nobody here. */
  metricsReader: 'kserve-metrics-reader',
  modelDeployer: 'model-deployer',
  metricsService: `${managerName}-metrics-service`,
  issuer: 'selfsigned-issuer',
  certificate: 'serving-cert',
  networkPolicy: managerName,
  canaryPolicy: 'inferenceservice-canary.serving.kserve.io',
  podDisruptionBudget: managerName,
  serviceMonitor: managerName,
  podMonitor: 'kserve-models',
  alerts: `${managerName}-alerts`,
  dashboard: `${managerName}-dashboard`,
  modelDashboard: 'kserve-models-dashboard',
} as const;

/** What monitors of KServe's users select the metrics Service by, and its port. */
export const metricsServiceLabels = { app: 'kserve' };
export const metricsPortName = 'metrics';

/** The metrics port, as far as it decides about a certificate. */
export function metricsPort(options: ServingOptions): MetricsPort {
  return { ...options, service: servingNames.metricsService, option: 'serving' };
}
