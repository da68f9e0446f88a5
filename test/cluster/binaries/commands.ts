/** The Kubernetes release of the test cluster; test/tools/go.mod requires the same. */
export const kubernetesVersion = 'v1.34.4';

/** One program that `go build` makes from the module in test/tools. */
export interface ToolCommand {
  /** Import path of its main package; a `tool` line of test/tools/go.mod names it too. */
  readonly goPackage: string;
  /** Linker flags, part of the cache key. */
  readonly ldflags: readonly string[];
  /** True when envtest archives and KUBEBUILDER_ASSETS directories hold it. */
  readonly inEnvtest: boolean;
}

const [major, minor] = kubernetesVersion.slice(1).split('.');

/** Without these a server built from the Go module calls itself v0.0.0, and clients that look at versions misbehave. */
const kubernetesLdflags = [
  ...['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((version) => [
    `-X ${version}.gitVersion=${kubernetesVersion}`,
    `-X ${version}.gitMajor=${major}`,
    `-X ${version}.gitMinor=${minor}`,
    `-X ${version}.gitTreeState=clean`,
  ]),
];

/** Symbols are of no use in a test server, and without them linking is faster and the file a third smaller. */
const stripped = ['-s', '-w'];

/** Programs that tests run, by file name. */
export const toolCommands = {
  etcd: { goPackage: 'go.etcd.io/etcd/server/v3', ldflags: stripped, inEnvtest: true },
  'kube-apiserver': {
    goPackage: 'k8s.io/kubernetes/cmd/kube-apiserver',
    ldflags: [...stripped, ...kubernetesLdflags],
    inEnvtest: true,
  },
  'kube-controller-manager': {
    goPackage: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    ldflags: [...stripped, ...kubernetesLdflags],
    inEnvtest: false,
  },
} as const satisfies Record<string, ToolCommand>;

/** File name of a program that tests run. */
export type ToolName = keyof typeof toolCommands;
