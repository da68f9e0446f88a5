import { readFile } from 'node:fs/promises';
import { request } from 'undici';
import { waitFor } from '../../cluster/wait-for';
import type { ControllerProcess } from '../../controllers/registry-sync/controller-process';

/** What a controller says of itself. */
export interface ControllerFigures {
  readonly reconciles: number;
  /** Keys that wait or are worked on. */
  readonly inWork: number;
  /** Sum of a metric with labels, over those whose labels have this text. @default all of them */
  readonly sum: (metric: string, having?: string) => number;
}

/** Waits until the controller has all that it watches, has worked this often, and has nothing more to do. */
export const idle = (controller: ControllerProcess, reconciles: number): Promise<ControllerFigures> =>
  untilFigures(controller, 'to be idle', (figures) => figures.reconciles >= reconciles, 300_000);

/** Waits until the controller's figures say so and nothing is left to be done. */
export const untilFigures = (
  controller: ControllerProcess,
  what: string,
  reached: (figures: ControllerFigures) => boolean,
  timeout: number,
): Promise<ControllerFigures> =>
  waitFor(
    `the controller ${what}`,
    async () => {
      if (!controller.log.some((line) => line.includes('"controllers started"'))) return undefined;
      const figures = await figuresOf(controller);
      return figures.inWork === 0 && reached(figures) ? figures : undefined;
    },
    { timeout, interval: 300 },
  );

async function figuresOf({ metrics }: ControllerProcess): Promise<ControllerFigures> {
  const { body } = await request(`${metrics}/metrics`);
  const lines = (await body.text()).split('\n');
  const sum = (metric: string, having = '') =>
    lines
      .filter((line) => line.startsWith(`${metric}{`) && line.includes(having))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0);
  return {
    reconciles: sum('controller_runtime_reconcile_total'),
    inWork: sum('workqueue_depth') + sum('controller_runtime_active_workers'),
    sum,
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
