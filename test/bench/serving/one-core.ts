import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Keeps a process and its threads on one core, with `taskset` of util-linux.
 *
 * @returns the core's number, undefined where there is no `taskset`
 */
export function keepOnOneCore(pid: number): number | undefined {
  const core = lastCore();
  if (core === undefined) return undefined;
  const { error, status, stderr } = spawnSync(
    'taskset',
    ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)],
    {
      encoding: 'utf8',
    },
  );
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`keeping process ${pid} on core ${core}: taskset: ${stderr.trim()}`);
  return core;
}

/** The last core that we may use: the first one gets most interrupts. */
function lastCore(): number | undefined {
  const status = readFileSync('/proc/self/status', 'utf8');
  const last = /^Cpus_allowed_list:.*?(\d+)$/m.exec(status)?.[1];
  return last === undefined ? undefined : Number(last);
}
