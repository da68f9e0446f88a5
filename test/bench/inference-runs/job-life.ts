import type { V1Job, V1Pod } from '@kubernetes/client-node';
import type { TestCluster } from '../../cluster/test-cluster';
import { reportText } from '../../controllers/inference-runs/run-installation';
import { statesOf } from '../../doubles/kubelet/pod-life';
import { inParallel } from '../registry-sync/in-parallel';
import { workers } from './options';

/** A Job as the API server gives it back: validated there. */
type StoredJob = V1Job & { readonly metadata: { readonly name: string; readonly namespace: string } };

/**
 * Stands in for Job controller, scheduler and kubelet, write by write, so that the bench says when a Job completes: each Job has one pod,
 * which runs, and ends with a report before its Job does.
 */
export class JobLife {
  constructor(private readonly cluster: TestCluster) {}

  /** All Jobs there are. */
  async jobs(): Promise<readonly StoredJob[]> {
    const { body } = await this.cluster.request('GET', '/apis/batch/v1/jobs');
    return (body as { readonly items: readonly StoredJob[] }).items;
  }

  /** Makes the pods of the Jobs and lets them run. */
  async run(jobs: readonly StoredJob[]): Promise<void> {
    await inParallel(jobs, workers, async (job) => {
      await this.cluster.create(podOf(job));
      await this.cluster.patch(podOf(job), { status: podStates(job)[1]?.() }, status);
      await this.cluster.patch(reference(job), { status: { startTime: now(), active: 1, ready: 1 } }, status);
    });
  }

  /** Lets the pods of the Jobs end with 0; the Jobs have not noticed yet. */
  async endPods(jobs: readonly StoredJob[]): Promise<void> {
    await inParallel(jobs, workers, (job) => this.cluster.patch(podOf(job), { status: podStates(job)[2]?.() }, status));
  }

  /** Writes that a Job is complete. */
  async complete(job: StoredJob): Promise<void> {
    const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: now(), lastProbeTime: now() });
    const conditions = [condition('SuccessCriteriaMet'), condition('Complete')];
    const ended = { completionTime: now(), active: 0, ready: 0, succeeded: 1, conditions };
    await this.cluster.patch(reference(job), { status: ended }, status);
  }
}

const status = { subresource: 'status' } as const;

const reference = ({ metadata: { name, namespace } }: StoredJob) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace },
});

function podOf({ metadata: { name, namespace, uid }, spec }: StoredJob) {
  const { metadata, spec: podSpec } = spec?.template ?? {};
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${name}-x7k2p`, namespace, labels: metadata?.labels, ownerReferences: [owner] },
    spec: { ...podSpec, nodeName: 'node-1' },
  };
}

/** Its container has started; it is ready; it has ended. */
const podStates = ({ spec }: StoredJob) => {
  const pod: Pick<V1Pod, 'spec'> = spec?.template.spec === undefined ? {} : { spec: spec.template.spec };
  return statesOf(pod, { fate: 'ends', exitCode: 0, message: reportText({ total: 1000 }) }, Date.now);
};

const now = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
