import { open, rm, stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The holder touches its lock this often, in milliseconds. */
const heartbeat = 1_000;

/** A lock untouched for this long, in milliseconds, belongs to a process that died. */
const staleAfter = 10_000;

/**
 * Runs `work` while holding the lock file, so that two test runs don't build the same program at once on the same cores.
 *
 * *Caveat*: two processes that recover a stale lock in the same instant may both get it. That costs a second build and
 * nothing else, because programs are put in place by atomic rename; so no stronger lock is needed.
 *
 * @param waiting called every second while another process holds the lock
 */
export async function withBuildLock<T>(
  path: string,
  work: () => Promise<T>,
  waiting: (seconds: number) => void,
): Promise<T> {
  for (let seconds = 0; !(await take(path)); seconds += 1) {
    waiting(seconds);
    await sleep(heartbeat);
  }
  const beat = setInterval(() => {
    const now = new Date();
    // Someone who deletes the cache during a build must not crash it.
    utimes(path, now, now).catch(() => undefined);
  }, heartbeat);
  // The work keeps the process alive, not its heartbeat.
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw new Error(`creating lock ${path}: ${String(error)}`, { cause: error });
  }
  if (await isStale(path)) await rm(path, { force: true });
  return false;
}

async function isStale(path: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > staleAfter;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
