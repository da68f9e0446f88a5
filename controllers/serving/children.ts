import type { V1Deployment } from '@kubernetes/client-node';
import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import type { InferenceServiceConfig } from '../../definitions/config/inference-service-config';
import type { Stored } from '../../definitions/kubernetes/core-resources';
import type { InferenceService } from '../../definitions/serving/inference-service';
import { ensureChild, removeChild, type LeftFields } from '../runtime/apply-child';
import type { ChildOwner } from '../runtime/child-ownership';
import type { KubernetesClient, ObjectToSend } from '../runtime/client';
import type { ReconcileContext } from '../runtime/controller';
import { keyOf, type ObjectKey } from '../runtime/object-key';
import type { Store } from '../runtime/store';
import type { ComponentPlan } from './component-plan';
import type { ChildStore, ServingStores } from './serving-stores';
import { desiredAutoscaling, type Autoscaling } from './standard/autoscaler';
import { ownerOf, servingWriter } from './standard/child-meta';
import { desiredDeployment, leftReplicas } from './standard/deployment';
import { desiredService, withLiveClusterIp } from './standard/service';

/** Documents of the settings that decide about Deployments, Services and autoscalers. */
export type StandardSettings = Pick<InferenceServiceConfig, 'deploy' | 'service'>;

/**
 * The children of one InferenceService in one reconcile: writes what is wanted, removes what is not, and knows what it wrote before
 * the stores do.
 */
export class Children {
  readonly owner: ChildOwner;
  private readonly key: ObjectKey;
  private readonly wanted = new Set<string>();
  /** Answers to our writes: newer than the stores. */
  private readonly answers = new Map<Store<KubernetesObject>, Map<ObjectKey, KubernetesObject>>();
  private readonly context: Pick<ReconcileContext, 'signal' | 'wrote' | 'deleted'>;

  constructor(
    private readonly client: KubernetesClient,
    private readonly stores: ServingStores,
    inferenceService: InferenceService,
    context: ReconcileContext,
  ) {
    this.owner = ownerOf(inferenceService);
    this.key = keyOf(inferenceService);
    this.context = {
      signal: context.signal,
      deleted: (store, object) => context.deleted(store, object),
      wrote: (store, object) => {
        context.wrote(store, object);
        const answers = this.answers.get(store) ?? new Map<ObjectKey, KubernetesObject>();
        this.answers.set(store, answers.set(keyOf(object), object));
      },
    };
  }

  /**
   * Writes Service, Deployment and autoscaler of a component.
   *
   * @throws ChildNotOurs, ApiError
   */
  async write(plan: ComponentPlan, settings: StandardSettings): Promise<Autoscaling> {
    const { deployments, services, autoscalers } = this.stores;
    const service = desiredService(plan, this.owner, settings);
    await this.ensure(services, withLiveClusterIp(service, this.live(services, service)));
    const deployment = desiredDeployment(plan, this.owner, settings);
    await this.ensure(deployments, deployment, leftReplicas(deployment, this.live(deployments, deployment)));
    const autoscaling = desiredAutoscaling(plan, this.owner);
    if (autoscaling.kind === 'hpa') await this.ensure(autoscalers, autoscaling.hpa);
    return autoscaling;
  }

  /** Applies one child. @throws ChildNotOurs, ApiError */
  async ensure<T extends KubernetesObject>(
    { resource, store }: ChildStore<T>,
    desired: ObjectToSend<T>,
    left?: LeftFields,
  ): Promise<void> {
    this.wanted.add(`${resource.plural} ${desired.metadata.name}`);
    await ensureChild<T>({
      ...servingWriter,
      client: this.client,
      resource,
      store,
      owner: this.owner,
      context: this.context,
      desired,
      live: store.get(keyOf(desired)),
      ...(left === undefined ? {} : { left }),
    });
  }

  /** Removes one child, if it is ours. */
  async remove<T extends KubernetesObject>({ resource, store }: ChildStore<T>, live: T): Promise<void> {
    const { client, owner, context } = this;
    await removeChild<T>({ client, resource, store, owner, context, live });
  }

  /** Removes Deployments, Services and autoscalers that this reconcile did not want: of components that are gone or renamed, or all. */
  async removeUnwanted(): Promise<void> {
    const { deployments, services, autoscalers } = this.stores;
    await this.removeUnwantedOf(deployments);
    await this.removeUnwantedOf(services);
    await this.removeUnwantedOf(autoscalers);
  }

  private async removeUnwantedOf<T extends KubernetesObject>(children: ChildStore<T>): Promise<void> {
    for (const child of children.byOwner.get(this.key)) {
      if (this.wanted.has(`${children.resource.plural} ${child.metadata.name}`)) continue;
      await this.remove(children, child);
    }
  }

  /** A child as it is now, as far as we know: the answer to our write, or what the store has. */
  live<T extends KubernetesObject>({ store }: ChildStore<T>, named: Pick<T, 'metadata'>): T | undefined {
    const key = keyOf(named);
    // Answers are kept under the store of their kind.
    return (this.answers.get(store)?.get(key) as T | undefined) ?? store.get(key);
  }

  /** Deployment of a component. */
  deploymentOf({ name, namespace }: ComponentPlan): Stored<V1Deployment> | undefined {
    return this.live(this.stores.deployments, { metadata: { name, namespace } });
  }
}
