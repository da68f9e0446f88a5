import { inferenceRuns, type InferenceRun } from '../../definitions/inference/inference-run';
import { blockReasons, runConditions, runEvents, runFinalizer, runReasons } from '../../definitions/names/inference';
import { ApiError } from '../runtime/api-error';
import type { Random } from '../runtime/clock';
import type { ReconcileContext, ReconcileResult } from '../runtime/controller';
import type { EventRecorder } from '../runtime/events';
import { hasFinalizer, withFinalizer } from '../runtime/finalizers';
import { keyOf, refOf, type ObjectKey } from '../runtime/object-key';
import { finalize } from './finalize';
import { managementOf } from './management';
import { isFinished, type RunMetrics } from './metrics';
import { reconcileOneShot } from './one-shot';
import type { ReconcileRate } from './reconcile-rate';
import { withFacts } from './run-conditions';
import type { RunParts, RunPass } from './run-pass';
import { blockedStatus } from './run-status';
import { configKeyOf } from './run-stores';
import { reconcileScheduled } from './scheduled';
import type { WorkSlots } from './work-slots';
import type { WriteStatus } from './write-status';

export interface ReconcilerParts extends RunParts {
  readonly writeStatus: WriteStatus;
  readonly events: EventRecorder;
  readonly metrics: RunMetrics;
  readonly rate: ReconcileRate;
  readonly slots: WorkSlots;
  readonly random: Random;
}

/** Makes of each InferenceRun what it asks for, and says in its status what came of it. */
export class RunReconciler {
  constructor(private readonly parts: ReconcilerParts) {}

  /** One pass over one run. */
  readonly reconcile = async (key: ObjectKey, context: ReconcileContext): Promise<ReconcileResult> => {
    const { metrics } = this.parts;
    const started = context.clock.monotonic();
    const seconds = () => (context.clock.monotonic() - started) / 1000;
    try {
      const result = await this.parts.slots.during(() => this.pass(key, context));
      metrics.reconciled(result.requeueAfterSeconds === undefined ? 'success' : 'requeue_after', seconds());
      return result;
    } catch (error) {
      // The run was changed while it was looked at: the change is on its way here and brings the key back.
      if (error instanceof ApiError && error.status === 409) {
        context.log.debug({ err: error }, 'run changed meanwhile');
        metrics.reconciled('requeue_after', seconds());
        return { requeueAfterSeconds: conflictSeconds };
      }
      metrics.reconciled('error', seconds());
      throw error;
    }
  };

  private async pass(key: ObjectKey, context: ReconcileContext): Promise<ReconcileResult> {
    const { stores, rate, settings, random } = this.parts;
    const run = stores.runs.get(key);
    if (run === undefined) return {};
    if (!isFinished(run.status ?? {})) await rate.next(context.signal);
    const maybeUpstreams = run.status?.phase === undefined && hasFinalizer(run, runFinalizer);
    const againInMs = await this.dispatch({ ...this.parts, run, context, maybeUpstreams });
    if (againInMs === 'gone') return {};
    // ±10 %: runs that were made together are not looked at together for ever.
    const polling = settings.pollingSeconds * (0.9 + 0.2 * random.next());
    return { requeueAfterSeconds: againInMs === undefined ? polling : Math.min(againInMs / 1000, polling) };
  }

  private async dispatch(pass: RunPass): Promise<number | undefined | 'gone'> {
    const { writeStatus } = this.parts;
    const { run, context } = pass;
    if (run.metadata.deletionTimestamp !== undefined) return (await finalize(pass, writeStatus)) ?? 'gone';
    if (managementOf(run).paused) return this.pause(pass);
    const held = await this.withFinalizer(pass);
    const { spec } = held.run;
    if (spec === undefined) {
      const message = 'the run has no spec: delete it and create it with one';
      await writeStatus(
        held,
        blockedStatus(held.run, { reason: blockReasons.contractInvalid, message }, context.clock.now()),
      );
      return undefined;
    }
    if (this.mayBeEarly(held)) return earlyMs;
    return spec.schedule === undefined
      ? reconcileOneShot(held, this.parts)
      : reconcileScheduled(held, writeStatus, this.parts.events);
  }

  /**
   * Whether the config of a new run may only be late: both are often created together, and come by two watches. To say that the config is
   * missing would alarm people for nothing.
   */
  private mayBeEarly({ run, stores, context }: RunPass): boolean {
    const { metadata, status } = run;
    const key = configKeyOf(run);
    if (status?.phase !== undefined || key === undefined || stores.configs.get(key) !== undefined) return false;
    return context.clock.now() - Date.parse(metadata.creationTimestamp ?? '') < lateConfigMs;
  }

  /** Upstream's finalizer, before anything is made: a run that is deleted later must not leave its pods running. */
  private async withFinalizer(pass: RunPass): Promise<RunPass> {
    const { run, client, stores, context } = pass;
    if (hasFinalizer(run, runFinalizer)) return pass;
    const patch = withFinalizer(run, runFinalizer);
    const written = await client.mergePatch(inferenceRuns, refOf(keyOf(run)), patch, { signal: context.signal });
    context.wrote(stores.runs, written);
    return { ...pass, run: written };
  }

  private async pause(pass: RunPass): Promise<undefined> {
    const { writeStatus, events } = this.parts;
    const { run, context } = pass;
    const { status = {} } = run;
    const paused = { status: 'False', reason: runReasons.reconcilePaused } as const;
    const conditions = withFacts(status.conditions, [[runConditions.synced, paused]], context.clock.now());
    if (isPaused(run)) return;
    await writeStatus(pass, { ...status, conditions });
    const note = 'Reconciliation is paused via the pause annotation';
    events.record(run, { type: 'Normal', reason: runEvents.paused, note });
  }
}

/** Milliseconds that a config may come later than its run before it is called missing, and between two looks; its coming wakes the run too. */
const lateConfigMs = 2_000;
const earlyMs = 500;

/** Seconds until a pass that met a newer state is repeated, should the watch be late. */
const conflictSeconds = 1;

function isPaused({ status }: InferenceRun): boolean {
  return status?.conditions?.some(({ reason }) => reason === runReasons.reconcilePaused) === true;
}
