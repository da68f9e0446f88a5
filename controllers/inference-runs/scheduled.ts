import { ChildNotOurs } from '../runtime/child-ownership';
import type { EventRecorder } from '../runtime/events';
import { applySchedule, liveCronJob, removeFormer, type AppliedSchedule } from './apply-schedule';
import { podsOf } from './attempt-pods';
import { jobsOf } from './executions';
import { managementOf } from './management';
import type { RunPass } from './run-pass';
import { blockedStatus } from './run-status';
import { scheduledStatus } from './scheduled-status';
import { conflictStatus } from './start-attempt';
import type { WriteStatus } from './write-status';

/** Nothing where nothing may be written. */
type Applied = Partial<Extract<AppliedSchedule, { contract: unknown }> & Extract<AppliedSchedule, { block: unknown }>>;

/**
 * One pass over a scheduled run: ConfigMap, CronJob, executions, status. What executions come to never touches CronJob or run.
 *
 * @returns milliseconds after which time alone changes something
 */
export async function reconcileScheduled(
  pass: RunPass,
  writeStatus: WriteStatus,
  events: EventRecorder,
): Promise<number | undefined> {
  const { context } = pass;
  let applied: Applied;
  try {
    applied = managementOf(pass.run).writes ? await applySchedule(pass, events) : {};
  } catch (error) {
    if (!(error instanceof ChildNotOurs)) throw error;
    await writeStatus(pass, conflictStatus(pass, error, context.clock.now()));
    return undefined;
  }
  await report(pass, applied, writeStatus);
  if (applied.retry !== undefined) throw applied.retry;
  return applied.configMap === undefined ? undefined : removeFormer(pass, applied.configMap);
}

async function report(pass: RunPass, { cronJob, contract, block }: Applied, writeStatus: WriteStatus): Promise<void> {
  const { run, stores, context } = pass;
  const now = context.clock.now();
  const live = cronJob ?? liveCronJob(pass);
  if (live === undefined) {
    if (block !== undefined) await writeStatus(pass, blockedStatus(run, block, now));
    return;
  }
  const jobs = jobsOf(stores.jobs.byRun.get(run.metadata.uid ?? ''), live);
  const executions = await Promise.all(jobs.map(async (job) => ({ job, pods: await podsOf(pass, job) })));
  await writeStatus(pass, scheduledStatus({ run, cronJob: live, executions, contract, block, now }));
}
