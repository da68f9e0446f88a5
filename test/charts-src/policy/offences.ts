import type { Manifest } from '../../../charts-src/kubernetes/manifest';

const namespace = 'default';
const labels = { app: 'bad' };
const role = (name: string, rule: { apiGroups: string[]; resources: string[]; verbs: string[] }): Manifest => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name },
  rules: [rule],
});

/** Objects that break every rule of kube-linter that we hold ourselves to: none of the rules may overlook them. */
export const offences: readonly Manifest[] = [
  role('all', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }),
  role('pods', { apiGroups: [''], resources: ['pods'], verbs: ['create'] }),
  role('secrets', { apiGroups: [''], resources: ['secrets'], verbs: ['list'] }),
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'admin' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'dangling', namespace },
    spec: { type: 'LoadBalancer', selector: { app: 'nobody' }, ports: [{ port: 80 }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'wrong-port', namespace },
    spec: { selector: labels, ports: [{ port: 80, targetPort: 'elsewhere' }] },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'dangling', namespace },
    spec: { podSelector: { matchLabels: { app: 'nobody' } } },
  },
  {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: 'dangling', namespace },
    spec: { selector: { matchLabels: { app: 'nobody' } } },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'never', namespace },
    spec: { maxUnavailable: 0, minAvailable: 1, selector: { matchLabels: labels } },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'bad', namespace },
    spec: {
      replicas: 2,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: { app: 'other' } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccount: 'default',
          hostIPC: true,
          hostNetwork: true,
          hostPID: true,
          securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] },
          volumes: [{ name: 'docker', hostPath: { path: '/var/run/docker.sock' } }],
          containers: [
            {
              name: 'bad',
              image: 'nginx:latest',
              env: [
                { name: 'PASSWORD', value: 'hunter2' },
                { name: 'PASSWORD', value: 'hunter3' },
              ],
              ports: [{ containerPort: 22 }],
              livenessProbe: { httpGet: { port: 'http' } },
              readinessProbe: { httpGet: { port: 'http' } },
              startupProbe: { tcpSocket: { port: 81 } },
              securityContext: { privileged: true },
            },
            { name: 'unwatched', image: 'nginx:latest' },
          ],
        },
      },
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'stranger', namespace },
    spec: { template: { spec: { serviceAccountName: 'nobody', containers: [] } } },
  },
];
