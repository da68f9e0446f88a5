import type { UpstreamObject } from './object';

/** §6: `options/istio`. */
export const registryMesh: readonly UpstreamObject[] = [
  {
    kind: 'DestinationRule',
    metadata: { name: 'model-registry-service' },
    spec: {
      host: 'model-registry-service.kubeflow.svc.cluster.local',
      trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
    },
  },
  {
    kind: 'VirtualService',
    metadata: { name: 'model-registry' },
    spec: {
      gateways: ['kubeflow-gateway'],
      hosts: ['*'],
      http: [
        {
          match: [{ uri: { prefix: '/api/model_registry/' } }],
          route: [
            { destination: { host: 'model-registry-service.kubeflow.svc.cluster.local', port: { number: 8080 } } },
          ],
        },
      ],
    },
  },
  {
    kind: 'AuthorizationPolicy',
    metadata: { name: 'model-registry-service' },
    spec: {
      selector: { matchLabels: { component: 'model-registry-server' } },
      action: 'ALLOW',
      rules: [{}],
    },
  },
];

/** §5: `options/csi`. */
export const storageContainer: readonly UpstreamObject[] = [
  {
    kind: 'ClusterStorageContainer',
    metadata: { name: 'model-registry-storage-initializer', namespace: 'kubeflow' },
    spec: {
      container: {
        name: 'storage-initializer',
        image: 'ghcr.io/kubeflow/hub/storage-initializer:latest',
        env: [{ name: 'MODEL_REGISTRY_BASE_URL', value: 'model-registry-service.kubeflow.svc.cluster.local:8080' }],
        resources: { requests: { cpu: '100m', memory: '100Mi' }, limits: { memory: '1Gi' } },
      },
      supportedUriFormats: [{ prefix: 'model-registry://' }],
    },
  },
];
