/** What is known about one binary and this machine when its source is decided. */
export interface BinaryFacts {
  /** Value of KUBEBUILDER_ASSETS, if set. */
  readonly assetsDirectory?: string;
  /** The directory of KUBEBUILDER_ASSETS holds the binary. */
  readonly inAssets: boolean;
  /** Envtest archives are made to hold the binary. */
  readonly inEnvtest: boolean;
  /** The user's cache holds it, built or downloaded for this go.mod. */
  readonly cached: boolean;
  /** `unreachable` once a download was tried and did not work. */
  readonly envtest: 'untried' | 'unreachable';
  readonly goInstalled: boolean;
}

/** Where a binary comes from; `missing` explains why from nowhere. */
export type BinarySource =
  { readonly from: 'assets' | 'cache' | 'envtest' | 'go' } | { readonly from: 'missing'; readonly why: string };

/**
 * Decides where a binary comes from: KUBEBUILDER_ASSETS, the cache, an envtest download, `go build`, in this order.
 * Who sets KUBEBUILDER_ASSETS wants those servers tested, so a server that is not there is an error and not quietly
 * another version; kube-controller-manager is in no envtest archive and comes from elsewhere.
 */
export function binarySource(name: string, facts: BinaryFacts): BinarySource {
  if (facts.inAssets) return { from: 'assets' };
  if (facts.assetsDirectory !== undefined && facts.inEnvtest) {
    const why = `KUBEBUILDER_ASSETS is ${facts.assetsDirectory}, which has no ${name}: correct or unset it`;
    return { from: 'missing', why };
  }
  if (facts.cached) return { from: 'cache' };
  if (facts.inEnvtest && facts.envtest === 'untried') return { from: 'envtest' };
  if (facts.goInstalled) return { from: 'go' };
  return { from: 'missing', why: howToGet(name, facts.inEnvtest) };
}

function howToGet(name: string, inEnvtest: boolean): string {
  const others = inEnvtest
    ? ', allow downloads from github.com, or set KUBEBUILDER_ASSETS to a directory with etcd and kube-apiserver 1.34'
    : '';
  return (
    `no ${name} on this machine and no way to get one: install Go 1.25 or later (https://go.dev/dl) so that it is built ` +
    `from test/tools${others}; SLIPWAY_TEST_CLUSTER=off runs the tests that need no cluster`
  );
}
