import type { V1Deployment } from '@kubernetes/client-node';
import { deployments, type Stored } from '../../../definitions/kubernetes/core-resources';
import { inferenceServiceLabel } from '../../../definitions/names/serving';
import { ApiConnection } from '../../../controllers/runtime/api-connection';
import { ApiError } from '../../../controllers/runtime/api-error';
import { KubernetesClient } from '../../../controllers/runtime/client';
import { realClock, realRandom } from '../../../controllers/runtime/clock';
import { readKubeconfig } from '../../../controllers/runtime/kubeconfig-file';
import { createLogger } from '../../../controllers/runtime/log';
import { createMetrics } from '../../../controllers/runtime/metrics';
import { Reflector } from '../../../controllers/runtime/reflector';
import { Store } from '../../../controllers/runtime/store';

/**
 * Stands in for the Deployment controller and the nodes: says of each generation of each Deployment, in one write, that it is available.
 * Argument: path of a kubeconfig.
 */
async function main(kubeconfig: string): Promise<void> {
  const config = await readKubeconfig([kubeconfig], realClock);
  const metrics = createMetrics({ process: false });
  const client = new KubernetesClient(
    new ApiConnection({ config, clock: realClock, metrics, userAgent: 'slipway-stand-in' }),
  );
  const log = createLogger({ level: 'fatal', encoder: 'json', timeEncoding: 'epoch', stacktraceLevel: 'fatal' });
  const store = new Store<Stored<V1Deployment>>((error) => {
    throw error;
  });
  const take = (deployment: Stored<V1Deployment>) => {
    const { generation = 1 } = deployment.metadata;
    if ((deployment.status?.observedGeneration ?? 0) >= generation) return;
    const status = available(generation);
    void client
      .mergePatch(deployments, deployment.metadata, { status }, { subresource: 'status' })
      .catch((error: unknown) => {
        // Deleted meanwhile.
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      });
  };
  store.subscribe({ added: take, updated: take });
  const selection = { labelSelector: inferenceServiceLabel };
  const reflector = new Reflector({
    resource: deployments,
    selection,
    store,
    client,
    clock: realClock,
    random: realRandom,
    log,
    metrics,
  });
  process.on('disconnect', () => process.exit());
  void store.whenListed().then(() => process.send?.('ready'));
  await reflector.run(new AbortController().signal);
}

function available(observedGeneration: number): object {
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const times = { lastTransitionTime: time, lastUpdateTime: time };
  return {
    observedGeneration,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    conditions: [
      { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', ...times },
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', ...times },
    ],
  };
}

void main(process.argv[2] ?? '');
