import { isDeepStrictEqual } from 'node:util';
import type { V1Deployment } from '@kubernetes/client-node';
import type { Stored } from '../../../definitions/kubernetes/core-resources';
import { type ComponentName, componentNames } from '../../../definitions/names/serving';
import {
  componentConditions,
  foreignModeConditions,
  servingConditions,
  servingReasons,
} from '../../../definitions/names/serving-conditions';
import { type Condition, conditionOf } from '../../runtime/conditions';
import type { ChosenRuntime } from '../component-plan';
import { PredictorFailure } from '../predictor-failure';
import type { ComponentPod } from './component-pods';
import { componentReadiness, type Readiness } from './component-readiness';
import * as living from './living-conditions';
import { modelStatus, refusedModel } from './model-status';
import { conditionsOf, type InferenceServiceStatus, type ModelStatus } from './stored-status';

/** What is known of one component. */
export interface ComponentFacts {
  /** URL of the component, as planned; told once it is ready. */
  readonly url?: string | undefined;
  readonly deployment?: Stored<V1Deployment> | undefined;
  /** All pods of the component, in any order. */
  readonly pods: readonly ComponentPod[];
}

/** What became of the routes. */
export interface IngressFacts extends living.Cause {
  readonly status: Condition['status'];
  /** Absent: the one of before stays. */
  readonly url?: string | undefined;
  /** URL inside of the cluster. Absent: the one of before stays. */
  readonly address?: string | undefined;
}

/** Why a component could not be written, or not even be planned. */
export interface ComponentFailure {
  readonly component: ComponentName;
  /** A PredictorFailure is told in modelStatus too. */
  readonly error: Error;
  /** @default ReconcileFailed */
  readonly reason?: string;
}

export interface StatusFacts {
  /** As stored. */
  readonly before: InferenceServiceStatus | undefined;
  /** `metadata.generation` of the InferenceService that was worked on. */
  readonly generation: number;
  readonly mode: string;
  /**
   * Exactly the components of the spec. After a failure one without Deployment and pods counts as not looked at: its condition stays,
   * and so does modelStatus where it is the predictor.
   */
  readonly components: Readonly<Partial<Record<ComponentName, ComponentFacts>>>;
  readonly failure?: ComponentFailure | undefined;
  /** Absent: not reached because of a failure. */
  readonly ingress?: IngressFacts | undefined;
  readonly stopped: boolean;
  /** Absent: a predictor without a runtime, or a failure. */
  readonly runtime?: ChosenRuntime | undefined;
}

const { ready, predictorReady, ingressReady, stopped: stoppedCondition } = servingConditions;

/**
 * The whole status of an InferenceService, from what was seen in one go.
 *
 * Guarantees: `before` itself when nothing has changed, so that nothing is written; Ready is never True while another condition but
 * Stopped is not; `observedGeneration` is the InferenceService's own; `modelStatus.transitionStatus` is never empty.
 *
 * @param nowMs wall clock, milliseconds since the epoch
 */
export function inferenceServiceStatus(facts: StatusFacts, nowMs: number): InferenceServiceStatus {
  const after = facts.stopped ? stoppedStatus(facts, nowMs) : runningStatus(facts, nowMs);
  return facts.before !== undefined && isDeepStrictEqual(facts.before, after) ? facts.before : after;
}

/** Everything is forgotten but the mode: it is sticky. */
function stoppedStatus({ before, generation, mode, components }: StatusFacts, nowMs: number): InferenceServiceStatus {
  const cause = { reason: servingReasons.stopped };
  const types = [predictorReady, ...present(components).map((name) => componentConditions[name]), ingressReady];
  const fresh = types.reduce<readonly Condition[]>((all, type) => living.markFalse(all, type, cause, nowMs), []);
  const conditions = living.markTrue(fresh, stoppedCondition, {}, nowMs);
  return {
    observedGeneration: generation,
    conditions: [...living.settled(conditionsOf(before), conditions)],
    deploymentMode: mode,
  };
}

function runningStatus(facts: StatusFacts, nowMs: number): InferenceServiceStatus {
  const { before, generation, mode, components, failure, ingress } = facts;
  const conditions = runningConditions(facts, nowMs);
  const isTrue = (type: string) => conditionOf(conditions, type)?.status === 'True';
  const refused = failure?.error instanceof PredictorFailure ? failure.error : undefined;
  const model = modelOf(facts, refused, isTrue(ready), nowMs);
  const urls = Object.fromEntries(
    present(components).flatMap((name) => {
      const planned = isTrue(componentConditions[name]) ? components[name]?.url : undefined;
      const url = planned ?? before?.components?.[name]?.url;
      return url === undefined ? [] : [[name, { url }]];
    }),
  );
  const url = ingress?.url ?? before?.url;
  const address = ingress?.address ?? before?.address?.url;
  return {
    ...foreignMembers(before),
    observedGeneration: generation,
    conditions: [...conditions],
    ...(url === undefined ? {} : { url }),
    ...(address === undefined ? {} : { address: { url: address } }),
    ...(Object.keys(urls).length === 0 ? {} : { components: urls }),
    modelStatus: model,
    deploymentMode: mode,
    ...runtimeName(facts, refused),
  };
}

function modelOf(
  facts: StatusFacts,
  refused: PredictorFailure | undefined,
  isReady: boolean,
  nowMs: number,
): ModelStatus {
  const before = facts.before?.modelStatus;
  if (refused !== undefined) return refusedModel(before, refused, nowMs);
  if (before !== undefined && before.transitionStatus !== '' && notLookedAt(facts, 'predictor')) return before;
  return modelStatus({ before, pods: facts.components.predictor?.pods ?? [], ready: isReady }, nowMs);
}

function notLookedAt({ components, failure }: StatusFacts, name: ComponentName): boolean {
  const { deployment, pods = [] } = components[name] ?? {};
  return failure !== undefined && deployment === undefined && pods.length === 0;
}

/** In upstream's order: components, Stopped, ingress; where two have something to say of Ready the last one has. */
function runningConditions(facts: StatusFacts, nowMs: number): readonly Condition[] {
  const { before, components, ingress } = facts;
  const stored = conditionsOf(before);
  const absent = componentNames.filter((name) => components[name] === undefined);
  const obsolete = [...foreignModeConditions, ...absent.map((name) => componentConditions[name])];
  let conditions = living.initialised(living.cleared(stored, obsolete), nowMs);
  for (const name of present(components)) {
    conditions = living.mark(conditions, componentConditions[name], readinessOf(name, facts, stored), nowMs);
  }
  conditions = living.markFalse(conditions, stoppedCondition, {}, nowMs);
  const routes = ingress ?? resumed(conditionOf(conditions, ingressReady));
  if (routes !== undefined) conditions = living.mark(conditions, ingressReady, routes, nowMs);
  const rest = present(components).map((name) => componentConditions[name]);
  return living.settled(stored, living.gated(conditions, rest, nowMs));
}

function readinessOf(name: ComponentName, facts: StatusFacts, stored: readonly Condition[]): Readiness {
  const { before, generation, components, failure } = facts;
  const condition = conditionOf(stored, componentConditions[name]);
  if (failure?.component === name) {
    const { error, reason = servingReasons.reconcileFailed } = failure;
    return { status: 'False', reason, message: error.message };
  }
  if (notLookedAt(facts, name)) return resumed(condition) ?? condition ?? { status: 'Unknown' };
  return componentReadiness({
    component: name,
    deployment: components[name]?.deployment,
    pods: components[name]?.pods ?? [],
    before: condition,
    changed: before?.observedGeneration !== generation,
  });
}

/** What nobody has looked at since the service was stopped is not stopped any more. */
function resumed(condition: Condition | undefined): Readiness | undefined {
  return condition?.reason === servingReasons.stopped ? { status: 'Unknown' } : undefined;
}

function present(components: StatusFacts['components']): readonly ComponentName[] {
  return componentNames.filter((name) => components[name] !== undefined);
}

/** One of the two names; while the spec can't be served the runtime that serves meanwhile, unless another one was meant. */
function runtimeName(
  { before, failure, runtime }: StatusFacts,
  refused: PredictorFailure | undefined,
): Pick<InferenceServiceStatus, 'servingRuntimeName' | 'clusterServingRuntimeName'> {
  const chosen = runtime ?? refused?.runtime;
  if (chosen?.kind === 'ServingRuntime') return { servingRuntimeName: chosen.name };
  if (chosen?.kind === 'ClusterServingRuntime') return { clusterServingRuntimeName: chosen.name };
  const { servingRuntimeName, clusterServingRuntimeName } = (failure === undefined ? undefined : before) ?? {};
  return {
    ...(servingRuntimeName === undefined ? {} : { servingRuntimeName }),
    ...(clusterServingRuntimeName === undefined ? {} : { clusterServingRuntimeName }),
  };
}

/** Members that are not ours to judge: those of other versions. Everything else is said anew. */
function foreignMembers(before: InferenceServiceStatus | undefined): Partial<InferenceServiceStatus> {
  const {
    observedGeneration: _generation,
    conditions: _conditions,
    url: _url,
    address: _address,
    components: _components,
    modelStatus: _model,
    canaryStatuses: _canaries,
    deploymentMode: _mode,
    servingRuntimeName: _runtime,
    clusterServingRuntimeName: _clusterRuntime,
    ...others
  } = before ?? {};
  return others;
}
