import type { JsonMap } from '../../../../charts-src/kubernetes/manifest';
import { containerSecurity, inNamespace, podSecurity, type UpstreamObject } from './object';

const labels = { app: 'model-registry-ui' };
const read = ['get', 'list', 'watch'];

const probe = (initialDelaySeconds: number) => ({
  httpGet: { path: '/healthcheck', port: 8080 },
  initialDelaySeconds,
  periodSeconds: 30,
  timeoutSeconds: 15,
  successThreshold: 1,
  failureThreshold: 3,
});

function role(name: string, group: string, resource: string, verbs: string[], namespace?: string): UpstreamObject[] {
  return [
    { kind: 'ClusterRole', metadata: { name }, rules: [{ apiGroups: [group], resources: [resource], verbs }] },
    {
      kind: 'ClusterRoleBinding',
      metadata: { name: `${name}-binding` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [
        { kind: 'ServiceAccount', name: 'model-registry-ui', ...(namespace === undefined ? {} : { namespace }) },
      ],
    },
  ];
}

interface UiVariant {
  readonly args: readonly string[];
  readonly port?: number;
  /** Namespace of the bindings' subjects. */
  readonly subjects?: string;
  readonly containers?: readonly JsonMap[];
  readonly volumes?: readonly JsonMap[];
}

function ui({ args, port = 8080, subjects, containers = [], volumes }: UiVariant): readonly UpstreamObject[] {
  return [
    { kind: 'ServiceAccount', metadata: { name: 'model-registry-ui' } },
    ...role('model-registry-create-sars', 'authorization.k8s.io', 'subjectaccessreviews', ['create'], subjects),
    ...role(
      'model-registry-retrieve-clusterrolebindings',
      'rbac.authorization.k8s.io',
      'clusterrolebindings',
      read,
      subjects,
    ),
    ...role('model-registry-ui-services-reader', '', 'services', read, subjects),
    {
      kind: 'Service',
      metadata: { name: 'model-registry-ui-service', labels: { ...labels, run: 'model-registry-ui' } },
      spec: { selector: labels, ports: [{ name: 'http', port, targetPort: 8080, protocol: 'TCP' }] },
    },
    {
      kind: 'Deployment',
      metadata: { name: 'model-registry-ui', labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: 'model-registry-ui',
            securityContext: podSecurity,
            containers: [
              {
                name: 'model-registry-ui',
                image: 'ghcr.io/kubeflow/hub/ui:latest',
                imagePullPolicy: 'Always',
                args: [...args],
                ports: [{ containerPort: 8080, protocol: 'TCP' }],
                livenessProbe: probe(30),
                readinessProbe: probe(15),
                resources: { requests: { cpu: '500m', memory: '2Gi' }, limits: { memory: '2Gi' } },
                securityContext: containerSecurity,
              },
              ...containers,
            ],
            ...(volumes === undefined ? {} : { volumes: [...volumes] }),
          },
        },
      },
    },
  ];
}

/** §7.1: `options/ui/base`. */
export const plainUi = ui({ args: ['--port=8080'] });

const kubeflowArgs = ['--deployment-mode=kubeflow', '--port=8080'];

/** §7.1: `options/ui/overlays/kubeflow`. */
export const kubeflowUi = ui({ args: kubeflowArgs });

/** §7.1: `options/ui/overlays/istio`. */
export const istioUi = inNamespace('kubeflow', [
  ...ui({ args: kubeflowArgs, port: 80, subjects: 'kubeflow' }),
  {
    kind: 'DestinationRule',
    metadata: { name: 'model-registry-ui', labels },
    spec: {
      host: 'model-registry-ui-service.kubeflow.svc.cluster.local',
      trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
    },
  },
  {
    kind: 'VirtualService',
    metadata: { name: 'model-registry-ui', labels },
    spec: {
      gateways: ['kubeflow-gateway'],
      hosts: ['*'],
      http: [
        {
          match: [{ uri: { prefix: '/model-registry/' } }],
          rewrite: { uri: '/' },
          headers: { request: { add: { 'x-forwarded-prefix': '/model-registry' } } },
          route: [
            { destination: { host: 'model-registry-ui-service.kubeflow.svc.cluster.local', port: { number: 80 } } },
          ],
        },
      ],
    },
  },
  {
    kind: 'AuthorizationPolicy',
    metadata: { name: 'model-registry-ui', labels },
    spec: {
      selector: { matchLabels: labels },
      action: 'ALLOW',
      rules: [
        {
          from: [{ source: { principals: ['cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account'] } }],
        },
      ],
    },
  },
]);

/** §7.1: `options/ui/overlays/standalone`. */
export const standaloneUi = inNamespace('kubeflow', [
  ...ui({
    args: ['--deployment-mode=standalone', '--port=8080'],
    subjects: 'kubeflow',
    containers: [
      {
        name: 'auth-proxy',
        image: 'nginx:1.25-alpine',
        ports: [{ containerPort: 8000, protocol: 'TCP' }],
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '100m', memory: '128Mi' } },
        securityContext: { ...containerSecurity, runAsUser: 101 },
        volumeMounts: [
          { name: 'auth-proxy-config', mountPath: '/etc/nginx/nginx.conf', subPath: 'nginx.conf' },
          { name: 'nginx-tmp', mountPath: '/tmp' },
          { name: 'nginx-cache', mountPath: '/var/cache/nginx' },
          { name: 'nginx-run', mountPath: '/var/run' },
        ],
      },
    ],
    volumes: [
      { name: 'auth-proxy-config', configMap: { name: 'auth-proxy-config' } },
      { name: 'nginx-tmp', emptyDir: {} },
      { name: 'nginx-cache', emptyDir: {} },
      { name: 'nginx-run', emptyDir: {} },
    ],
  }),
  ...role('model-registry-ui-namespaces-reader', '', 'namespaces', read, 'kubeflow'),
  {
    kind: 'ClusterRoleBinding',
    metadata: { name: 'service-access-cluster-binding' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'User', name: 'user@example.com', apiGroup: 'rbac.authorization.k8s.io' }],
  },
  { kind: 'ConfigMap', metadata: { name: 'auth-proxy-config' } },
]);
