import { readFile } from 'node:fs/promises';
import { request } from 'undici';
import { servingMetrics } from '../../../definitions/metrics/serving';
import type { ControllerProcess } from '../../controllers/registry-sync/controller-process';

/** What a controller says of itself. */
export interface ControllerFigures {
  /** InferenceServices that are ready. */
  readonly ready: number;
  readonly reconciles: number;
  /** Keys that wait or are worked on. */
  readonly inWork: number;
}

/** Reads its metrics. */
export async function figuresOf({ metrics }: ControllerProcess): Promise<ControllerFigures> {
  const { body } = await request(`${metrics}/metrics`);
  const lines = (await body.text()).split('\n');
  const sum = (start: string, having = '') =>
    lines
      .filter((line) => line.startsWith(`${start}{`) && line.includes(having))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0);
  return {
    ready: sum(servingMetrics.inferenceServices.name, 'ready="true"'),
    reconciles: sum('controller_runtime_reconcile_total'),
    inWork: sum('workqueue_depth') + sum('controller_runtime_active_workers'),
  };
}

/** Seconds of CPU that a process has used so far. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // After the name, which is in brackets and may hold anything: user and system time in hundredths of a second.
  const [user, system] = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}
