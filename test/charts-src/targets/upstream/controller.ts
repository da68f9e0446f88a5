import { containerSecurity, podSecurity, type UpstreamObject } from './object';

const labels = {
  'app.kubernetes.io/name': 'controller',
  'app.kubernetes.io/managed-by': 'kustomize',
  'control-plane': 'controller-manager',
};
const selector = { 'control-plane': 'controller-manager' };
const namespace = 'kubeflow';
const account = 'controller-controller-manager';

/** §4.1: the variables, as the ConfigMap and the container have them. */
const parameters = {
  NAMESPACE_LABEL: 'modelregistry.kubeflow.org/namespace',
  NAME_LABEL: 'modelregistry.kubeflow.org/name',
  URL_ANNOTATION: 'modelregistry.kubeflow.org/url',
  INFERENCE_SERVICE_ID_LABEL: 'modelregistry.kubeflow.org/inference-service-id',
  MODEL_VERSION_ID_LABEL: 'modelregistry.kubeflow.org/model-version-id',
  REGISTERED_MODEL_ID_LABEL: 'modelregistry.kubeflow.org/registered-model-id',
  FINALIZER: 'modelregistry.kubeflow.org/finalizer',
  SERVICE_ANNOTATION: 'routing.kubeflow.org/external-address-rest',
  REGISTRIES_NAMESPACE: 'kubeflow',
  SKIP_TLS_VERIFY: 'false',
  INFERENCE_SERVICE_CONTROLLER: 'managed',
};

const configMap: UpstreamObject = {
  kind: 'ConfigMap',
  metadata: { name: 'model-registry-controller-parameters' },
  data: parameters,
};

const deployment: UpstreamObject = {
  kind: 'Deployment',
  metadata: { name: account, namespace, labels },
  spec: {
    replicas: 1,
    selector: { matchLabels: selector },
    template: {
      metadata: {
        labels: selector,
        annotations: { 'kubectl.kubernetes.io/default-container': 'manager' },
      },
      spec: {
        serviceAccountName: account,
        terminationGracePeriodSeconds: 10,
        securityContext: podSecurity,
        containers: [
          {
            name: 'manager',
            image: 'ghcr.io/kubeflow/hub/controller:latest',
            command: ['/manager'],
            args: ['--metrics-bind-address=:8443', '--leader-elect', '--health-probe-bind-address=:8081'],
            env: Object.entries(parameters).map(([name, value]) => ({ name, value })),
            livenessProbe: { httpGet: { path: '/healthz', port: 8081 }, initialDelaySeconds: 15, periodSeconds: 20 },
            readinessProbe: { httpGet: { path: '/readyz', port: 8081 }, initialDelaySeconds: 5, periodSeconds: 10 },
            resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '128Mi' } },
            securityContext: containerSecurity,
          },
        ],
      },
    },
  },
};

const all = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
const service: UpstreamObject = {
  kind: 'Service',
  metadata: { name: 'controller-controller-manager-metrics-service', namespace, labels },
  spec: { selector, ports: [{ name: 'https', port: 8443, protocol: 'TCP', targetPort: 8443 }] },
};

const rule = (group: string, resource: string, verbs: readonly string[]) => ({
  apiGroups: [group],
  resources: [resource],
  verbs: [...verbs],
});

function binding(kind: 'RoleBinding' | 'ClusterRoleBinding', name: string, role: string): UpstreamObject {
  return {
    kind,
    metadata: kind === 'RoleBinding' ? { name, namespace } : { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: kind.replace('Binding', ''), name: role },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
  };
}

/** §4.2. */
const rbac: readonly UpstreamObject[] = [
  { kind: 'ServiceAccount', metadata: { name: account, namespace } },
  {
    kind: 'Role',
    metadata: { name: 'controller-leader-election-role', namespace },
    rules: [
      rule('', 'configmaps', all),
      rule('coordination.k8s.io', 'leases', all),
      rule('', 'events', ['create', 'patch']),
    ],
  },
  {
    kind: 'ClusterRole',
    metadata: { name: 'controller-metrics-auth-role' },
    rules: [
      rule('authentication.k8s.io', 'tokenreviews', ['create']),
      rule('authorization.k8s.io', 'subjectaccessreviews', ['create']),
    ],
  },
  {
    kind: 'ClusterRole',
    metadata: { name: 'controller-metrics-reader' },
    rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
  },
  {
    kind: 'ClusterRole',
    metadata: { name: 'controller-model-registry-manager-role' },
    rules: [
      rule('', 'services', ['get', 'list', 'watch']),
      rule('serving.kserve.io', 'inferenceservices', ['get', 'list', 'patch', 'update', 'watch']),
      rule('serving.kserve.io', 'inferenceservices/finalizers', all),
    ],
  },
  binding('RoleBinding', 'controller-leader-election-rolebinding', 'controller-leader-election-role'),
  binding('ClusterRoleBinding', 'controller-metrics-auth-rolebinding', 'controller-metrics-auth-role'),
  binding(
    'ClusterRoleBinding',
    'controller-model-registry-manager-rolebinding',
    'controller-model-registry-manager-role',
  ),
];

/** §4: `options/controller/overlays/base`. */
export const controller: readonly UpstreamObject[] = [...rbac, configMap, service, deployment];

/** Upstream's building blocks have a placeholder for the namespace and no prefix; what they are built for has both. */
export const controllerParts = {
  manager: [deployment],
  rbac,
  networkPolicy: [
    {
      kind: 'NetworkPolicy',
      metadata: { name: 'allow-metrics-traffic', namespace: 'system' },
      spec: {
        podSelector: { matchLabels: selector },
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: { metrics: 'enabled' } } }],
            ports: [{ port: 8443, protocol: 'TCP' }],
          },
        ],
      },
    },
  ],
  prometheus: [
    {
      kind: 'ServiceMonitor',
      metadata: { name: 'controller-manager-metrics-monitor', namespace: 'system' },
      spec: {
        selector: { matchLabels: selector },
        endpoints: [
          {
            port: 'https',
            path: '/metrics',
            scheme: 'https',
            bearerTokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
            tlsConfig: { insecureSkipVerify: true },
          },
        ],
      },
    },
  ],
} satisfies Record<string, readonly UpstreamObject[]>;
