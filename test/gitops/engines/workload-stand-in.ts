import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { ObjectClient } from '../../cluster/object-client';
import type { UnstructuredObject } from '../../cluster/unstructured-object';

/** Milliseconds between two rounds. */
const roundEvery = 200;

/** Kinds whose operators say that they are done by condition Ready. */
const operated = [
  { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret' },
  { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' },
] as const;

const statusSchema = z.object({
  status: z
    .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) })
    .default({ conditions: [] }),
});

/**
 * Stands in for what makes objects ready where there are no nodes and no operators: every Pod is Running and Ready at
 * once, every ExternalSecret and Certificate is done. Nothing runs and no Secret is written; Deployments, StatefulSets and budgets get
 * their status from the real kube-controller-manager, which counts these Pods.
 */
export class WorkloadStandIn {
  private readonly stopping = new AbortController();
  private readonly ended: Promise<void>;
  /** The first thing that went wrong; {@link WorkloadStandIn.stop} throws it. */
  private failure: Error | undefined;

  constructor(private readonly cluster: ObjectClient) {
    this.ended = this.work().catch((error: unknown) => {
      this.failure = new Error('playing nodes and operators failed', { cause: error });
    });
  }

  /** Ends the rounds. @throws when one of them failed: what a test waited for was then not to be had */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
    if (this.failure !== undefined) throw this.failure;
  }

  private async work(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      for (const pod of await this.cluster.list({ apiVersion: 'v1', kind: 'Pod' })) {
        if (!isReady(pod))
          await this.report(pod, { phase: 'Running', conditions: conditions('PodScheduled', 'Ready') });
      }
      for (const kind of operated) {
        for (const object of await this.cluster.list(kind)) {
          if (!isReady(object)) await this.report(object, { conditions: conditions('Ready') });
        }
      }
      await sleep(roundEvery, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Objects that go in the meantime are no business of ours. */
  private async report(object: UnstructuredObject, status: unknown): Promise<void> {
    try {
      await this.cluster.patch(object, { status }, { subresource: 'status' });
    } catch (error) {
      if ((await this.cluster.find(object)) !== undefined) throw error;
    }
  }
}

function isReady(object: UnstructuredObject): boolean {
  const { conditions: present } = statusSchema.parse(object).status;
  return present.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function conditions(...types: readonly string[]) {
  const lastTransitionTime = new Date().toISOString().replace(/\.\d+/, '');
  return types.map((type) => ({ type, status: 'True', lastTransitionTime }));
}
