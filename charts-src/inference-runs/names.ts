import type { MetricsPort } from '../monitoring/metrics-certificate';
import type { InferenceRunsOptions } from './options';

/** Value of `app.kubernetes.io/name`: the name of upstream's chart. */
export const application = 'kserve-controller';

/** Names of all objects of one installation, and the labels by which its pods are found. */
export interface InferenceRunsNames {
  readonly selector: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  /** Of runners. */
  readonly runnerAccount: string;
  readonly deployment: string;
  readonly container: string;
  /** Variables, as in upstream's chart. */
  readonly variables: string;
  /** Configuration file. */
  readonly configMap: string;
  readonly managerRole: string;
  readonly leaderElectionRole: string;
  readonly runnerRole: string;
  readonly metricsAuthRole: string;
  readonly metricsAuthRoleBinding: string;
  readonly metricsReader: string;
  readonly metricsService: string;
  readonly networkPolicy: string;
  readonly runnerNetworkPolicy: string;
  readonly serviceMonitor: string;
  readonly runnerMonitor: string;
  readonly alerts: string;
  readonly dashboard: string;
  readonly podDisruptionBudget: string;
}

/** Names as upstream's chart makes them of its `fullname`; objects that it lacks are named alike. */
export function inferenceRunsNames({ name }: Pick<InferenceRunsOptions, 'name'>): InferenceRunsNames {
  return {
    selector: { 'app.kubernetes.io/name': application, 'app.kubernetes.io/instance': name },
    serviceAccount: name,
    runnerAccount: `${name}-runners`,
    deployment: name,
    container: application,
    variables: name,
    configMap: `${name}-config`,
    managerRole: `${name}-manager`,
    leaderElectionRole: `${name}-leader-election`,
    runnerRole: `${name}-runners`,
    metricsAuthRole: `${name}-metrics-auth`,
    metricsAuthRoleBinding: `${name}-metrics-auth`,
    metricsReader: `${name}-metrics-reader`,
    metricsService: `${name}-metrics`,
    networkPolicy: name,
    runnerNetworkPolicy: `${name}-runners`,
    serviceMonitor: name,
    runnerMonitor: `${name}-runners`,
    alerts: name,
    dashboard: `${name}-dashboard`,
    podDisruptionBudget: name,
  };
}

/** The metrics port, as far as it decides about a certificate. */
export function metricsPort(options: InferenceRunsOptions): MetricsPort {
  return { ...options, service: inferenceRunsNames(options).metricsService, option: 'inferenceRuns' };
}
