import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { resourceRequirements } from '../kubernetes/resources';
import { proxyPort, uiNames, uiPort } from './names';
import type { RegistryUiOptions } from './options';

type Standalone = Extract<RegistryUiOptions['exposure'], { mode: 'standalone' }>;

const configFile = 'nginx.conf';

/** Configuration of the proxy that says who the user is. Flux takes a brace behind a dollar for a variable of its own: there is none. */
function proxyConfig(user: string): string {
  return `worker_processes 1;
error_log /dev/stderr warn;
pid /var/run/nginx.pid;
events {
  worker_connections 256;
}
http {
  access_log /dev/stdout;
  client_max_body_size 16m;
  map $http_upgrade $connection_upgrade {
    default upgrade;
    '' close;
  }
  server {
    listen ${proxyPort};
    location / {
      proxy_pass http://127.0.0.1:${uiPort};
      proxy_http_version 1.1;
      proxy_set_header Host $host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header kubeflow-userid "${user}";
    }
  }
}
`;
}

/** ConfigMap of the proxy. */
export function addProxyConfig(scope: Construct, namespace: string, { user }: Standalone): string {
  const text = proxyConfig(user);
  new k8s.KubeConfigMap(scope, 'ProxyConfig', {
    metadata: { name: uiNames.proxyConfig, namespace },
    data: { [configFile]: text },
  });
  return text;
}

/** Container of the proxy. */
export function proxyContainer(image: string, { proxyResources }: Standalone): k8s.Container {
  const tcpSocket = { port: k8s.IntOrString.fromString('proxy') };
  return {
    name: 'auth-proxy',
    image,
    ports: [{ name: 'proxy', containerPort: proxyPort }],
    securityContext: { runAsUser: 101, runAsGroup: 101 },
    readinessProbe: { tcpSocket, periodSeconds: 10 },
    livenessProbe: { tcpSocket, periodSeconds: 20 },
    resources: resourceRequirements(proxyResources),
    volumeMounts: [
      { name: uiNames.proxyConfig, mountPath: '/etc/nginx/nginx.conf', subPath: configFile, readOnly: true },
      { name: 'nginx-tmp', mountPath: '/tmp' },
      { name: 'nginx-cache', mountPath: '/var/cache/nginx' },
      { name: 'nginx-run', mountPath: '/var/run' },
    ],
  };
}

/** Volumes of the proxy. */
export function proxyVolumes(): k8s.Volume[] {
  return [
    { name: uiNames.proxyConfig, configMap: { name: uiNames.proxyConfig } },
    { name: 'nginx-tmp', emptyDir: {} },
    { name: 'nginx-cache', emptyDir: {} },
    { name: 'nginx-run', emptyDir: {} },
  ];
}
