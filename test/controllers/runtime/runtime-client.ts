import { ApiConnection } from '../../../controllers/runtime/api-connection';
import { KubernetesClient } from '../../../controllers/runtime/client';
import { realClock } from '../../../controllers/runtime/clock';
import { createMetrics, type RuntimeMetrics } from '../../../controllers/runtime/metrics';
import type { ApiResource, KubernetesObject } from '../../../definitions/kubernetes/api-resource';

/** Small objects that every namespace can have. */
export interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

export const configMaps: ApiResource<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  scope: 'Namespaced',
};

/** Where and as whom a test client works. */
export interface Target {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}

/** The runtime's own client, with the metrics it counts in. */
export function runtimeClient(
  { url, ca, token }: Target,
  options: { readonly requestTimeoutMs?: number; readonly beforeWrite?: () => void } = {},
): { readonly client: KubernetesClient; readonly connection: ApiConnection; readonly metrics: RuntimeMetrics } {
  const metrics = createMetrics({ process: false });
  const connection = new ApiConnection({
    config: {
      source: 'a test',
      server: url,
      tls: { ca },
      authenticate: async () => ({ authorization: `Bearer ${token}` }),
    },
    clock: realClock,
    metrics,
    userAgent: 'slipway/test',
    ...options,
  });
  return { client: new KubernetesClient(connection), connection, metrics };
}
