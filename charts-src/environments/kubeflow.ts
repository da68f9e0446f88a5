import { environment } from './environment';

/**
 * What Kubeflow's users install with kustomize: its names, labels, selectors and variables, in its namespace, which is there
 * already. Everything of it can be applied over an installation of upstream's manifests.
 */
export const kubeflow = () =>
  environment({
    name: 'kubeflow',
    registries: [
      {
        sidecar: true,
        database: { engine: 'mysql' },
        networkPolicy: {},
        mesh: { whoeverThePolicyAdmits: true },
      },
    ],
    registryUi: { exposure: { mode: 'istio' } },
    catalog: { sidecar: true, gateway: 'kubeflow/kubeflow-gateway' },
    storageInitializer: {},
    registrySync: {
      names: 'upstream',
      upstreamVariables: true,
      settings: { keys: { serviceAnnotations: ['routing.kubeflow.org/external-address-rest'] } },
    },
    gitops: {
      repository: 'https://git.example.com/platform/slipway.git',
      argoCd: {},
      flux: { oci: { url: 'oci://registry.example.com/platform/slipway', tag: 'stable' } },
    },
  });
