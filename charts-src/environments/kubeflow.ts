import { kserveNamespaceLabels } from '../serving/names';
import { environment } from './environment';

/**
 * What Kubeflow's users install with kustomize: its names, labels, selectors and variables, in its namespace, which is there
 * already; and KServe in a namespace of its own, which its manifests bring. And the controller of inference runs as Krateo's chart
 * installs it, which works on the runs of its own namespace. Everything of it can be applied over an installation of upstream's
 * manifests.
 */
export const kubeflow = () =>
  environment({
    name: 'kubeflow',
    namespaces: [
      { name: 'kserve', labels: kserveNamespaceLabels },
      // Upstream's runners name no security context: the restricted standard takes none of their pods.
      { name: 'kserve-controller-system', podSecurity: 'baseline' },
    ],
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
    storageInitializer: { storage: {} },
    // Upstream serves metrics over plain HTTP on this port, and users' monitors read them there.
    serving: { metrics: 'http', webhooks: { certificate: { from: 'cert-manager' } } },
    servingRuntimes: {},
    registrySync: {
      names: 'upstream',
      upstreamVariables: true,
      settings: { keys: { serviceAnnotations: ['routing.kubeflow.org/external-address-rest'] } },
    },
    inferenceRuns: { metrics: 'http', upstreamVariables: true },
    gitops: {
      repository: 'https://git.example.com/platform/slipway.git',
      argoCd: {},
      flux: { oci: { url: 'oci://registry.example.com/platform/slipway', tag: 'stable' } },
    },
  });
