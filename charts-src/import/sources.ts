/** One file of a Go module that holds CRDs, and the kinds of it that charts need as typed constructs. */
interface ForeignCrdFile {
  /** Path inside the module, with forward slashes. The file may hold CRDs of further kinds. */
  readonly path: string;
  /** Kinds that `npm run import` turns into constructs. */
  readonly kinds: readonly string[];
}

/** A pinned Go module that publishes the CRDs of a project we render objects for. */
export interface ForeignCrdSet {
  /** What people call the project; unique in the table. */
  readonly name: string;
  /** Go module path, as `go mod download` takes it. */
  readonly module: string;
  /** Version with its leading `v`. */
  readonly version: string;
  /** The module's go.sum hash; `npm run import` refuses any other content. */
  readonly sum: string;
  readonly files: readonly ForeignCrdFile[];
}

/**
 * Where the CRDs of foreign kinds come from: the one table behind `imports/` and behind the foreign CRDs that tests
 * install. To take a newer version, change version and sum (`go mod download -json module@version` prints it) and run
 * `npm run import`.
 *
 * Not here because their generated types are too large to be useful, and are typed by hand where a chart needs them:
 * Argo CD's ApplicationSet (3.3 MB), the OpenTelemetryCollector (1.3 MB).
 */
export const foreignCrdSets: readonly ForeignCrdSet[] = [
  {
    name: 'gateway-api',
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.5.1',
    sum: 'h1:RqVRIlkhLhUO8wOHKTLnTJA6o/1un4po4/6M1nRzdd0=',
    files: [{ path: 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml', kinds: ['HTTPRoute'] }],
  },
  {
    name: 'knative-serving',
    module: 'knative.dev/serving',
    version: 'v0.51.0',
    sum: 'h1:yN2Q7eYqJgoPfZkATjoBZyGbZ2P1Qhns9HIMU4mF+to=',
    files: [{ path: 'config/core/300-resources/service.yaml', kinds: ['Service'] }],
  },
  {
    name: 'istio',
    module: 'istio.io/api',
    version: 'v1.31.1',
    sum: 'h1:5Yb5ihcz4YQsCkciusK7DnFpBMwRB6EFWeUKH1Atuyk=',
    files: [
      {
        path: 'kubernetes/customresourcedefinitions.gen.yaml',
        kinds: ['VirtualService', 'DestinationRule', 'AuthorizationPolicy'],
      },
    ],
  },
  {
    name: 'cert-manager',
    module: 'github.com/cert-manager/cert-manager',
    version: 'v1.21.2',
    sum: 'h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=',
    files: [
      { path: 'deploy/crds/cert-manager.io_certificates.yaml', kinds: ['Certificate'] },
      { path: 'deploy/crds/cert-manager.io_issuers.yaml', kinds: ['Issuer'] },
    ],
  },
  {
    name: 'prometheus-operator',
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.85.0',
    sum: 'h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=',
    files: [
      {
        path: 'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml',
        kinds: ['ServiceMonitor'],
      },
      { path: 'example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml', kinds: ['PodMonitor'] },
      {
        path: 'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml',
        kinds: ['PrometheusRule'],
      },
    ],
  },
  {
    name: 'keda',
    module: 'github.com/kedacore/keda/v2',
    version: 'v2.21.0',
    sum: 'h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=',
    files: [{ path: 'config/crd/bases/keda.sh_scaledobjects.yaml', kinds: ['ScaledObject'] }],
  },
  {
    name: 'argo-cd',
    module: 'github.com/argoproj/argo-cd/v3',
    version: 'v3.3.0',
    sum: 'h1:9UlruTd5cC/MyvorTXgAIblfZTy63MF5FYvvoAaUvwU=',
    files: [
      { path: 'manifests/crds/application-crd.yaml', kinds: ['Application'] },
      { path: 'manifests/crds/appproject-crd.yaml', kinds: ['AppProject'] },
    ],
  },
  {
    name: 'flux-kustomize',
    module: 'github.com/fluxcd/kustomize-controller',
    version: 'v1.7.3',
    sum: 'h1:SzNnGn/4ObAPEHHleM5U7y/AKxKXph3Vj6ZhteeXw8M=',
    files: [{ path: 'config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml', kinds: ['Kustomization'] }],
  },
  {
    name: 'flux-source',
    module: 'github.com/fluxcd/source-controller',
    version: 'v1.7.0',
    sum: 'h1:/fBgS4CSmT5Jj/fjQDF92y+pC3gst1GJjgNSzY8Ff9I=',
    files: [
      { path: 'config/crd/bases/source.toolkit.fluxcd.io_gitrepositories.yaml', kinds: ['GitRepository'] },
      { path: 'config/crd/bases/source.toolkit.fluxcd.io_ocirepositories.yaml', kinds: ['OCIRepository'] },
    ],
  },
  {
    name: 'external-secrets',
    module: 'github.com/external-secrets/external-secrets',
    version: 'v1.3.2',
    sum: 'h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=',
    files: [{ path: 'config/crds/bases/external-secrets.io_externalsecrets.yaml', kinds: ['ExternalSecret'] }],
  },
  {
    name: 'sealed-secrets',
    module: 'github.com/bitnami-labs/sealed-secrets',
    version: 'v0.40.0',
    sum: 'h1:rvCP35JL8ZV5LNA2SrwNR6iLyoM3ulrSFWN0lBtYEYI=',
    files: [{ path: 'helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml', kinds: ['SealedSecret'] }],
  },
];
