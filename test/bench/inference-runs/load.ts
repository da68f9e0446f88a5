import * as z from 'zod';
import { inferenceRunStatus } from '../../../definitions/inference/inference-run-status';
import { runController, runLabels } from '../../../definitions/names/inference';
import type { TestCluster } from '../../cluster/test-cluster';
import { waitFor } from '../../cluster/wait-for';
import { configOf, runOf, type Written } from '../../controllers/inference-runs/run-installation';
import { inParallel } from '../registry-sync/in-parallel';
import { workers } from './options';

const namespaces = Array.from({ length: 10 }, (_, number) => `bench-${number}`);

/** The one config of each namespace. */
const configName = 'iris';

const runKind = { apiVersion: 'ai.krateo.io/v1', kind: 'InferenceRun' };
const configKind = { apiVersion: 'ai.krateo.io/v1', kind: 'InferenceConfig' };

/** What is made for runs. */
const made = ['/apis/batch/v1/namespaces/NAMESPACE/jobs', '/api/v1/namespaces/NAMESPACE/pods'] as const;
const configMaps = '/api/v1/namespaces/NAMESPACE/configmaps';

const countedList = z.object({
  items: z.array(z.unknown()),
  metadata: z.object({ remainingItemCount: z.number().default(0) }),
});

const usedConfig = z.looseObject({ status: z.looseObject({ usedBy: z.number() }) });
const runWithPhase = z.looseObject({ status: inferenceRunStatus.pick({ phase: true }).loose().exactOptional() });

/** Runs of the bench: equal ones, spread over ten namespaces, each with one config; the same names in each round. */
export class Load {
  private constructor(private readonly cluster: TestCluster) {}

  static async make(cluster: TestCluster): Promise<Load> {
    for (const name of namespaces) {
      await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      // No controller makes it here, and pods are refused without it.
      const account = { name: 'default', namespace: name };
      await cluster.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
      await cluster.create(configOf(name, configName, configSpec));
    }
    return new Load(cluster);
  }

  /** Creates runs, as many at a time as the controller works on. */
  async create(runs: readonly Written[]): Promise<void> {
    await inParallel(runs, workers, (run) => this.cluster.create(run));
  }

  /** Waits until every run has its Job and says so in its status: the last write of a start. */
  async started(count: number): Promise<void> {
    const jobs = async () => (await this.count('/apis/batch/v1/jobs')) >= count;
    await waitFor(`${count} Jobs`, jobs, { timeout: 300_000, interval: 20 });
    const said = async () => {
      const runs = z.array(runWithPhase).parse(await this.cluster.list(runKind));
      return runs.filter(({ status }) => status?.phase !== undefined).length >= count;
    };
    await waitFor(`${count} runs to have a phase`, said, { timeout: 60_000, interval: 20 });
  }

  /** Waits until every config says that no run uses it, which it says up to a second late. */
  async unused(): Promise<void> {
    await waitFor('configs to be unused', async () => {
      const configs = z.array(usedConfig).parse(await this.cluster.list(configKind));
      return configs.every(({ status }) => status.usedBy === 0);
    });
  }

  /** Removes all runs and what was made for them, with no controller at work. */
  async reset(): Promise<void> {
    await inParallel(await this.cluster.list(runKind), workers, async ({ apiVersion, kind, metadata }) => {
      const run = { apiVersion, kind, metadata };
      await this.cluster.patch(run, { metadata: { finalizers: [] } });
      await this.cluster.remove(run);
    });
    // The API server's own way with Jobs is to keep them until their pods are nobody's, and nobody sees to that here.
    const ours = { labelSelector: `${runLabels.managedBy}=${runController}`, propagationPolicy: 'Background' };
    for (const namespace of namespaces) {
      for (const collection of [...made, configMaps]) {
        const path = collection.replace('NAMESPACE', namespace);
        const { status } = await this.cluster.request('DELETE', path, { query: ours });
        if (status !== 200) throw new Error(`deleting ${path}: ${status}`);
      }
    }
    const left = await this.count('/apis/batch/v1/jobs');
    if (left > 0) throw new Error(`resetting the load: ${left} Jobs are left`);
  }

  private async count(path: string): Promise<number> {
    const { body } = await this.cluster.request('GET', path, { query: { limit: 1 } });
    const { items, metadata } = countedList.parse(body);
    return items.length + metadata.remainingItemCount;
  }
}

/** The first runs of the bench. */
export function runsOf(count: number): readonly Written[] {
  return Array.from({ length: count }, (_, number) => {
    const parameters = { input_table_name: `flowers_${number}`, output_table_name: `kinds_${number}` };
    const spec = { configRef: { name: configName }, timeoutSeconds: 3600, parameters };
    const labels = { 'app.kubernetes.io/part-of': 'bench' };
    return runOf(namespaces[number % namespaces.length] ?? '', `iris-${number}`, spec, { labels });
  });
}

const call = (path: string) => ({
  krateo: {
    api: {
      endpointRef: { name: 'database-handler-endpoint', namespace: 'kserve-controller-system' },
      path,
      verb: 'POST',
      headers: ['Accept: application/json', 'Content-Type: application/json'],
    },
  },
});

/** One for our own runner, which is the longer Job. */
const configSpec = {
  image: undefined,
  storage: { input: call('/compute/kserveinput'), output: call('/compute/kserveoutput') },
  runner: { resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } } },
};
