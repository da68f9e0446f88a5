import { servingAnnotations, stopAnnotation, type ComponentName } from '../../definitions/names/serving';
import { inferenceServiceFinalizer } from '../../definitions/names/serving';
import { servingConditions, servingEvents, servingReasons } from '../../definitions/names/serving-conditions';
import { inferenceServices, type InferenceService } from '../../definitions/serving/inference-service';
import { causeText } from '../runtime/cause-text';
import { ChildNotOurs } from '../runtime/child-ownership';
import type { KubernetesClient } from '../runtime/client';
import type { Clock } from '../runtime/clock';
import { conditionOf } from '../runtime/conditions';
import type { ReconcileContext, ReconcileResult } from '../runtime/controller';
import type { EventNote, EventRecorder } from '../runtime/events';
import { hasFinalizer, withFinalizer } from '../runtime/finalizers';
import { keyOf, type ObjectKey } from '../runtime/object-key';
import type { CaBundle } from './ca-bundle';
import { Children } from './children';
import { componentFacts } from './component-facts';
import { filteredAnnotations } from './component-metadata';
import type { ComponentPlan } from './component-plan';
import { ComponentFailure } from './component-failure';
import { ConfigUnusable, type LiveConfig } from './config/live-config';
import { resolveDeploymentMode } from './deployment-mode';
import { finalize } from './finalize';
import type { ComponentPlans } from './ingress/component-plans';
import type { ImageVolumeAdvice } from './image-volume-advice';
import type { ClusterFacts } from './ingress/exposure';
import { IngressFailure } from './ingress/ingress-failure';
import { refusedIngress } from './ingress/readiness';
import { mergeDifference } from '../runtime/merge-difference';
import type { ModelConfig } from './model-config';
import { emptyFacts, keepsOut, listed, type Pass, readyComponents } from './pass';
import { isPassing } from './passing-error';
import type { Planner, PlannedComponents } from './planner';
import { PredictorFailure } from './predictor-failure';
import { writeRoutes } from './routes';
import type { ServingStores } from './serving-stores';
import {
  inferenceServiceStatus,
  type ComponentFacts,
  type ComponentFailure as FailedComponent,
  type StatusFacts,
} from './status/inference-service-status';
import { statusEvents } from './status/status-events';
import { conditionsOf, type InferenceServiceStatus } from './status/stored-status';

/** What the reconciler works with. */
export interface ServingParts {
  readonly client: KubernetesClient;
  readonly stores: ServingStores;
  readonly config: LiveConfig;
  readonly planner: Planner;
  readonly caBundle: CaBundle;
  readonly modelConfig: ModelConfig;
  readonly imageVolumes: ImageVolumeAdvice;
  readonly events: EventRecorder;
  /** Counts a Warning by its reason. */
  readonly failed: (reason: string) => void;
  readonly clock: Clock;
  readonly clusterDomain: string;
}

/** Time until something is looked at again whose end nothing tells us of, seconds. */
const slowRetrySeconds = 300;
/** A child's name that somebody else uses may become free at any time. */
const takenNameRetrySeconds = 60;

/** Makes of each InferenceService what it asks for, in Standard mode: Deployments, Services, autoscalers, routes, and its status. */
export class ServingReconciler {
  constructor(private readonly parts: ServingParts) {}

  /** One reconcile of one key. */
  readonly reconcile = async (key: ObjectKey, context: ReconcileContext): Promise<ReconcileResult | void> => {
    const { stores, client, config } = this.parts;
    const stored = stores.inferenceServices.get(key);
    if (stored === undefined) return;
    // Before anything else: what is wrong elsewhere must not keep an object from going.
    if (stored.metadata.deletionTimestamp !== undefined) {
      return finalize(stored, client, stores.inferenceServices, context);
    }
    if (!config.present) {
      context.log.debug('no settings yet: waiting for their ConfigMap');
      return;
    }
    if (keepsOut(stored)) return;
    const inferenceService = await this.held(stored, context);
    const mode = this.modeOf(inferenceService);
    if (mode !== 'Standard') return this.refuseMode(inferenceService, mode, context);
    const pass = await this.work(inferenceService, context);
    await this.writeStatus(inferenceService, pass, context);
    const advice = await this.parts.imageVolumes.noteFor(inferenceService);
    if (advice !== undefined) this.tell(inferenceService, advice);
    if ('rethrow' in pass) throw pass.rethrow;
    const { requeueSeconds } = pass;
    return requeueSeconds === undefined ? undefined : { requeueAfterSeconds: requeueSeconds };
  };

  /** With our finalizer, so that its end is ours to arrange. */
  private async held(inferenceService: InferenceService, context: ReconcileContext): Promise<InferenceService> {
    if (hasFinalizer(inferenceService, inferenceServiceFinalizer)) return inferenceService;
    const { client, stores } = this.parts;
    const patch = withFinalizer(inferenceService, inferenceServiceFinalizer);
    const written = await client.mergePatch(inferenceServices, context, patch, { signal: context.signal });
    context.wrote(stores.inferenceServices, written);
    return { ...written, status: inferenceService.status ?? written.status } as InferenceService;
  }

  private modeOf(inferenceService: InferenceService): string {
    const { config } = this.parts;
    const annotations = filteredAnnotations(inferenceService.metadata.annotations, config.document('inferenceService'));
    const defaultMode = config.has('deploy') ? config.document('deploy').defaultDeploymentMode : undefined;
    return resolveDeploymentMode(inferenceService, annotations, defaultMode) || 'Standard';
  }

  /** Another mode is said to be unsupported; what another control plane made for it is left alone. */
  private async refuseMode(inferenceService: InferenceService, mode: string, context: ReconcileContext) {
    const reason = servingReasons.unsupportedDeploymentMode;
    const error = new PredictorFailure(
      'InvalidPredictorSpec',
      `deployment mode ${mode} is not supported`,
      `deployment mode ${mode} is not supported by this control plane: set the annotation ` +
        `${servingAnnotations.deploymentMode} to Standard, or leave it out where that is the default`,
    );
    const pass: Pass = {
      mode,
      components: emptyFacts(inferenceService),
      failure: { component: 'predictor', error, reason },
      stopped: false,
    };
    // A mode that was only asked for must not stick: admission would refuse to change it.
    await this.writeStatus(inferenceService, pass, context, (status) => {
      const { deploymentMode: _mode, ...rest } = status;
      const sticky = inferenceService.status?.deploymentMode;
      return sticky === undefined ? rest : { ...rest, deploymentMode: sticky };
    });
    this.warn(inferenceService, servingEvents.unsupportedDeploymentMode, error.message);
    return { requeueAfterSeconds: slowRetrySeconds };
  }

  private async work(inferenceService: InferenceService, context: ReconcileContext): Promise<Pass> {
    const { stores, client, caBundle } = this.parts;
    const mode = 'Standard';
    const stopped = inferenceService.metadata.annotations?.[stopAnnotation]?.toLowerCase() === 'true';
    const children = new Children(client, stores, inferenceService, context);
    let planned: PlannedComponents | undefined;
    let at: ComponentName = 'predictor';
    try {
      await caBundle.ensureIn(inferenceService.metadata.namespace ?? '', context);
      planned = await this.parts.planner.plan(inferenceService);
      if (planned.multiModel) await this.parts.modelConfig.ensure(inferenceService, children.owner, context);
      if (!stopped) {
        for (const plan of listed(planned.plans)) {
          at = plan.component;
          await this.writeComponent(inferenceService, plan, children);
        }
      }
      await children.removeUnwanted();
    } catch (error) {
      // Cut off on our own account: it says nothing about the object.
      if (context.signal.aborted) throw error;
      const component = error instanceof ComponentFailure ? error.component : at;
      const failure = this.failureOf(inferenceService, component, error);
      const components =
        planned === undefined ? emptyFacts(inferenceService) : this.factsOf(inferenceService, planned.plans, children);
      const pass: Pass = { mode, components, failure, stopped, ...(planned === undefined ? {} : { planned }) };
      if (error instanceof PredictorFailure || error instanceof ComponentFailure || error instanceof ConfigUnusable) {
        // A change of the spec, of runtimes or of settings wakes the key.
        return { ...pass, requeueSeconds: slowRetrySeconds };
      }
      if (error instanceof ChildNotOurs) return { ...pass, requeueSeconds: takenNameRetrySeconds };
      return { ...pass, rethrow: error };
    }
    const components = this.factsOf(inferenceService, planned.plans, children);
    const routed = await this.routed(inferenceService, planned.plans, components, children, context.signal);
    return { mode, components, planned, stopped, ...routed };
  }

  /** Writes the routes. What goes wrong there says nothing about the components: they are as ready as they are. */
  private async routed(
    inferenceService: InferenceService,
    plans: ComponentPlans,
    components: Partial<Record<ComponentName, ComponentFacts>>,
    children: Children,
    signal: AbortSignal,
  ): Promise<Pick<Pass, 'ingress' | 'requeueSeconds' | 'rethrow'>> {
    const { config, stores, clusterDomain } = this.parts;
    try {
      const cluster: ClusterFacts = { httpRoutesServed: stores.routes.store.listed, clusterDomain };
      const ready = readyComponents(inferenceService, plans, components);
      const settings = config.pick('ingress', 'inferenceService');
      const input = { inferenceService, plans, ready, settings, cluster };
      const { requeueSeconds, ...ingress } = await writeRoutes(input, stores, children);
      return { ingress, ...(requeueSeconds === undefined ? {} : { requeueSeconds }) };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(causeText(thrown));
      if (isPassing(error) || signal.aborted) throw error;
      if (error instanceof ChildNotOurs) {
        this.warn(inferenceService, servingEvents.childNotOurs, error.message);
        const { message } = error;
        const ingress = { status: 'False', reason: servingReasons.notOurs, message } as const;
        return { ingress, requeueSeconds: takenNameRetrySeconds };
      }
      this.warn(inferenceService, servingEvents.internalError, `fails to reconcile ingress: ${error.message}`);
      const ingress = refusedIngress(error);
      // A change of the spec or of settings wakes the key.
      if (error instanceof IngressFailure || error instanceof ConfigUnusable) {
        return { ingress, requeueSeconds: slowRetrySeconds };
      }
      return { ingress, rethrow: error };
    }
  }

  /**
   * What to say of an error on the object.
   *
   * @throws the error itself when it says nothing about the object: the API server is away, or somebody else wrote first
   */
  private failureOf(inferenceService: InferenceService, component: ComponentName, thrown: unknown): FailedComponent {
    const error = thrown instanceof Error ? thrown : new Error(causeText(thrown));
    if (isPassing(error)) throw thrown;
    if (error instanceof ChildNotOurs) {
      this.warn(inferenceService, servingEvents.childNotOurs, error.message);
      return { component, error, reason: servingReasons.notOurs };
    }
    this.warn(inferenceService, servingEvents.internalError, `fails to reconcile component: ${error.message}`);
    return { component, error };
  }

  private async writeComponent(
    inferenceService: InferenceService,
    plan: ComponentPlan,
    children: Children,
  ): Promise<void> {
    const { config } = this.parts;
    const autoscaling = await children.write(plan, config.pick('deploy', 'service'));
    const note =
      autoscaling.kind === 'hpa'
        ? autoscaling.unsupportedMetric
        : autoscaling.kind === 'unsupported'
          ? autoscaling.note
          : undefined;
    if (note !== undefined) this.warn(inferenceService, servingEvents.scaleMetricUnsupported, note);
  }

  private factsOf(inferenceService: InferenceService, plans: ComponentPlans, children: Children) {
    const { stores, config } = this.parts;
    const pods = stores.podsByService.get(keyOf(inferenceService));
    return componentFacts(listed(plans), { children, pods, config });
  }

  private async writeStatus(
    inferenceService: InferenceService,
    pass: Pass,
    context: ReconcileContext,
    change: (status: InferenceServiceStatus) => InferenceServiceStatus = (status) => status,
  ): Promise<void> {
    const { client, clock, stores } = this.parts;
    const { metadata, status: before } = inferenceService;
    const { mode, components, failure, ingress, stopped, planned } = pass;
    const facts: StatusFacts = {
      before,
      generation: metadata.generation ?? 0,
      mode,
      components,
      failure,
      ingress,
      stopped,
      runtime: planned?.runtime,
    };
    const after = change(inferenceServiceStatus(facts, clock.now()));
    const difference = mergeDifference(before, after);
    if (difference === undefined) return;
    const written = await client.mergePatch(
      inferenceServices,
      context,
      { status: difference },
      { subresource: 'status', signal: context.signal },
    );
    context.wrote(stores.inferenceServices, written);
    const ready = conditionOf(conditionsOf(after), servingConditions.ready);
    context.log.info({ ready: ready?.status, reason: ready?.reason }, 'status written');
    for (const note of statusEvents(metadata.name, before, after)) this.tell(inferenceService, note);
  }

  private warn(inferenceService: InferenceService, reason: string, note: string): void {
    this.tell(inferenceService, { type: 'Warning', reason, note });
  }

  private tell(inferenceService: InferenceService, note: EventNote): void {
    const { events, failed } = this.parts;
    events.record(inferenceService, note);
    if (note.type === 'Warning') failed(note.reason);
  }
}
