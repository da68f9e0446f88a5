import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import type { Clock } from './clock';
import { inClusterConfig } from './in-cluster';

/** How to reach an API server and who we are there. */
export interface ClusterConfig {
  /** Where the configuration came from, for logs and errors. */
  readonly source: string;
  /** Base URL, without trailing slash; can have a path prefix. */
  readonly server: string;
  readonly tls: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  /** HTTP proxy between us and the server. */
  readonly proxyUrl?: string;
  /** Namespace of the pod, or of the kubeconfig's context. */
  readonly namespace?: string;
  /** Headers that authenticate a request; asked for each one, since tokens rotate. */
  authenticate(): Promise<Readonly<Record<string, string>>>;
}

/** Places to look for the configuration. */
export interface ClusterConfigSources {
  /** Value of `--kubeconfig`. */
  readonly kubeconfig?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** No place has a configuration. */
class NoClusterConfig extends Error {
  constructor() {
    super(
      'finding the API server: not in a cluster (KUBERNETES_SERVICE_HOST is not set) and no kubeconfig: ' +
        'give --kubeconfig FILE, set KUBECONFIG, or write ~/.kube/config',
    );
    this.name = 'NoClusterConfig';
  }
}

/**
 * Finds out how to reach the API server: `--kubeconfig`, `KUBECONFIG`, the pod's ServiceAccount, `~/.kube/config`, in this
 * order.
 *
 * @throws NoClusterConfig when there is none of them; Error naming the file when one is unusable
 */
export async function loadClusterConfig({ kubeconfig, env, clock }: ClusterConfigSources): Promise<ClusterConfig> {
  if (kubeconfig !== undefined && kubeconfig !== '') return fromKubeconfig([kubeconfig], clock);
  const files = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  if (files.length > 0) return fromKubeconfig(files, clock);
  const inCluster = inClusterConfig(env, clock);
  if (inCluster !== undefined) return inCluster;
  const home = env['HOME'] === undefined ? undefined : join(env['HOME'], '.kube', 'config');
  if (home !== undefined && existsSync(home)) return fromKubeconfig([home], clock);
  throw new NoClusterConfig();
}

/** A dynamic import: bundlers make a chunk of it, and pods don't load what only workstations need. */
async function fromKubeconfig(files: readonly string[], clock: Clock): Promise<ClusterConfig> {
  const { readKubeconfig } = await import('./kubeconfig-file.js');
  return readKubeconfig(files, clock);
}
