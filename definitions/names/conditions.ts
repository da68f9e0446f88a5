import { inferenceGroup, inferenceVersion, type RunPhase } from './inference';
import { servingGroup } from './serving';

/** Condition that sums up the others: the object does what its spec asks for. */
export const readyCondition = 'Ready';

/** Condition that is True while an object is at rest because its owner wants it so. */
const stoppedCondition = 'Stopped';

/** A member of `status` whose word says how far the work is. An absent member says nothing. */
export interface Progress {
  /** Names from `status` down. */
  readonly path: readonly [string, ...string[]];
  /** Words for: nothing left to do. */
  readonly done: readonly string[];
  /** Words for: wait. Any other word means that it failed. */
  readonly underWay: readonly string[];
}

/**
 * An object is healthy once it has conditions, none of which is False or Unknown. Every condition counts, because a condition
 * of any type may stand for a part that still has to come up.
 */
export interface ConditionsRule {
  readonly from: 'conditions';
  /** While this one is True the object rests on purpose, whatever the others say. Its False is no flaw. */
  readonly stopped?: string;
  readonly progress?: Progress;
  /** Conditions whose False means that it failed and won't recover by waiting. @default none */
  readonly failedWhenFalse?: readonly string[];
}

/** One word in `status.phase` says how the object is. Any other word, and none, means: wait. */
export interface PhaseRule {
  readonly from: 'phase';
  readonly healthy: readonly string[];
  /** At rest because its owner wants it so. */
  readonly resting: readonly string[];
  /** It won't recover by waiting. */
  readonly failed: readonly string[];
}

/** How GitOps tools tell from an object alone whether it is healthy. */
export interface HealthRule {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** `existence`: no controller reports on it, so it is healthy as soon as it is there. */
  readonly rule: ConditionsRule | PhaseRule | { readonly from: 'existence' };
}

const runtimes = { group: servingGroup, version: 'v1alpha1', rule: { from: 'existence' } } as const;
const models = {
  group: servingGroup,
  version: 'v1alpha1',
  rule: { from: 'conditions', stopped: stoppedCondition },
} as const;

const inference = { group: inferenceGroup, version: inferenceVersion } as const;

/**
 * A schedule is healthy once it is in place: whether its last execution succeeded is for alerts to tell, and must not hold back what
 * is installed after it. A run whose config is missing starts when that comes.
 */
const runRule = {
  from: 'phase',
  healthy: ['Succeeded', 'Scheduled'],
  resting: ['Suspended'],
  failed: ['Failed'],
} as const satisfies PhaseRule & Readonly<Record<'healthy' | 'resting' | 'failed', readonly RunPhase[]>>;

/**
 * One row for each kind of ours: the one place that the health checks of Argo CD and of Flux are made from. What it says of
 * InferenceService is what the script says that Argo CD brings along, so that taking ours changes nobody's waves.
 */
export const healthRules: readonly HealthRule[] = [
  { ...runtimes, kind: 'ClusterServingRuntime' },
  { ...runtimes, kind: 'ClusterStorageContainer' },
  { ...models, kind: 'InferenceGraph' },
  {
    group: servingGroup,
    version: 'v1beta1',
    kind: 'InferenceService',
    rule: {
      from: 'conditions',
      stopped: stoppedCondition,
      progress: { path: ['modelStatus', 'transitionStatus'], done: ['UpToDate'], underWay: ['InProgress'] },
    },
  },
  { ...runtimes, kind: 'ServingRuntime' },
  { ...models, kind: 'TrainedModel' },
  { ...inference, kind: 'InferenceConfig', rule: { from: 'conditions', failedWhenFalse: [readyCondition] } },
  { ...inference, kind: 'InferenceRun', rule: runRule },
];
