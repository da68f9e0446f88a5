import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { modelDirectory } from '../../definitions/names/serving';
import type { OrphanGuard } from '../cluster/orphan-guard';
import { afterLine, type FetchView } from './fetch-view';

/** Milliseconds before a container that failed is started again: doubled from the first to the last. The kubelet's are 10 s and 5 min. */
const [firstPauseMs, lastPauseMs] = [500, 4000];

/** What a fetch is made of. */
export interface ModelFetchOptions {
  /** The container's whole command line. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** The pod's own directory: it has the volume and `/tmp` in it, and is removed with the pod. */
  readonly directory: string;
  readonly guard: OrphanGuard;
}

/** How one run of the container ended. */
export interface FetchEnd {
  readonly exitCode: number;
  /** What it wrote last. */
  readonly lastLine: string;
}

/** Directory of this machine in the place of the model's volume. @param directory the pod's own */
export function modelsIn(directory: string): string {
  return join(directory, modelDirectory);
}

/**
 * Stands in for the kubelet with one init container: runs the storage initializer as a local process with an empty volume, again and
 * again until it succeeds, as a pod's init containers are.
 *
 * Limits: no resources or security context are enforced, only paths keep the process in its directory.
 */
export class ModelFetch {
  view: FetchView = { state: 'starting' };
  private child: ChildProcess | undefined;
  private running: Promise<unknown> = Promise.resolve();
  private readonly stopping = new AbortController();

  constructor(private readonly options: ModelFetchOptions) {}

  /** The ends of the runs: failures, and the success that is the last one. Ends early when it is stopped. */
  async *ends(): AsyncGenerator<FetchEnd, void> {
    const { directory } = this.options;
    const { signal } = this.stopping;
    await mkdir(modelsIn(directory), { recursive: true });
    await mkdir(join(directory, 'tmp'), { recursive: true });
    for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(2 * pauseMs, lastPauseMs)) {
      const end = await this.run();
      if (signal.aborted) return;
      if (end.exitCode === 0) {
        this.view = { ...this.view, state: 'fetched' };
        yield end;
        return;
      }
      this.view = { state: 'failed, to be started again' };
      yield end;
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Ends the process and removes the pod's directory. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.child?.kill('SIGTERM');
    await this.running;
    await rm(this.options.directory, { recursive: true, force: true });
  }

  private run(): Promise<FetchEnd> {
    const { command, env, directory, guard } = this.options;
    const [program, ...args] = command;
    const child = spawn(program, args, {
      env: { ...env, TMPDIR: join(directory, 'tmp') },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own group, as the guard needs it; Ctrl-C then ends it through us.
      detached: true,
    });
    this.child = child;
    if (child.pid !== undefined) guard.watch(child.pid);
    let lastLine = '';
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        lastLine = line;
        this.view = afterLine(this.view, line);
      });
    }
    const ended = new Promise<FetchEnd>((resolve) => {
      child.once('error', (error) => (lastLine = error.message));
      // Not `exit`: what it wrote last is read first. A process that a signal has ended has no code of its own.
      child.once('close', (code) => resolve({ exitCode: code ?? 1, lastLine }));
    });
    this.running = ended;
    return ended;
  }
}
