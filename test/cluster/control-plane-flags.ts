import { join } from 'node:path';

/**
 * Which controllers of kube-controller-manager run. `housekeeping`: what every cluster does behind a test's back
 * (namespace deletion, default ServiceAccounts, root CA ConfigMaps, garbage collection, aggregated ClusterRoles) and
 * nothing that would write to the Deployments, Jobs and HorizontalPodAutoscalers a test plays the status of. `workloads`: also
 * those that make pods of Deployments, Jobs and CronJobs; a double of the kubelet runs them. `all`: what a cluster without nodes can run. `off`: none,
 * namespaces are never gone.
 */
export type ControllerManagerMode = 'off' | 'housekeeping' | 'workloads' | 'all';

const housekeeping = [
  'namespace-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
  'garbage-collector-controller',
  'clusterrole-aggregation-controller',
];

const workloads = [
  ...housekeeping,
  'deployment-controller',
  'replicaset-controller',
  'job-controller',
  'cronjob-controller',
  'ttl-after-finished-controller',
];

/** The controllers that run, by mode; absent: those that the program has on by default. */
const controllersOf = { housekeeping, workloads, all: undefined } as const;

/** Files and ports of one cluster; the servers' flags follow from them. */
export interface ControlPlaneLayout {
  /** Directory that holds everything the cluster writes. */
  readonly directory: string;
  readonly etcdPort: number;
  readonly apiPort: number;
}

/** File names inside the cluster's directory. */
export const clusterFiles = {
  tokens: 'tokens.csv',
  accountKey: 'service-account.key',
  accountPublicKey: 'service-account.pub',
  auditPolicy: 'audit-policy.json',
  auditLog: 'audit.log',
  /** The API server writes its self-signed chain here; it is the CA that clients trust. */
  certificate: 'apiserver.crt',
  adminKubeconfig: 'admin.kubeconfig',
  controllerManagerKubeconfig: 'controller-manager.kubeconfig',
} as const;

/** Issuer of ServiceAccount tokens, the one that kubeadm configures. */
const issuer = 'https://kubernetes.default.svc.cluster.local';

/** etcd's flags. Its state does not outlive the process, so nothing is synced to disk. */
export function etcdFlags({ directory, etcdPort }: ControlPlaneLayout): string[] {
  const url = `http://127.0.0.1:${etcdPort}`;
  return [
    `--data-dir=${join(directory, 'etcd')}`,
    '--unsafe-no-fsync',
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    // There is no second member; the kernel may choose this port.
    '--listen-peer-urls=http://127.0.0.1:0',
  ];
}

/** kube-apiserver's flags: RBAC and admission as in a real cluster, identities by token, certificates self-signed. */
export function apiServerFlags(
  { directory, etcdPort, apiPort }: ControlPlaneLayout,
  {
    audit,
    asksWebhooks,
    checksOwners,
  }: { readonly audit: boolean; readonly asksWebhooks: boolean; readonly checksOwners: boolean },
): string[] {
  const file = (name: keyof typeof clusterFiles) => join(directory, clusterFiles[name]);
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${apiPort}`,
    `--cert-dir=${directory}`,
    // Nothing runs behind the Service of the API server: don't reconcile its endpoints.
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--allow-privileged=true',
    '--authorization-mode=Node,RBAC',
    `--token-auth-file=${file('tokens')}`,
    `--service-account-issuer=${issuer}`,
    `--service-account-key-file=${file('accountPublicKey')}`,
    `--service-account-signing-key-file=${file('accountKey')}`,
    ...(asksWebhooks ? [] : ['--disable-admission-plugins=MutatingAdmissionWebhook,ValidatingAdmissionWebhook']),
    ...(checksOwners ? ['--enable-admission-plugins=OwnerReferencesPermissionEnforcement'] : []),
    ...(audit
      ? [
          `--audit-policy-file=${file('auditPolicy')}`,
          `--audit-log-path=${file('auditLog')}`,
          // Megabytes; the default of 100 would rotate the file away under its readers.
          '--audit-log-maxsize=1000000',
        ]
      : []),
  ];
}

/** kube-controller-manager's flags; it needs no port. */
export function controllerManagerFlags(directory: string, mode: Exclude<ControllerManagerMode, 'off'>): string[] {
  const file = (name: keyof typeof clusterFiles) => join(directory, clusterFiles[name]);
  const controllers = controllersOf[mode];
  return [
    `--kubeconfig=${file('controllerManagerKubeconfig')}`,
    '--secure-port=0',
    '--leader-elect=false',
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${file('accountKey')}`,
    `--root-ca-file=${file('certificate')}`,
    ...(controllers === undefined ? [] : [`--controllers=${controllers.join(',')}`]),
  ];
}
