import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { OrphanGuard } from '../cluster/orphan-guard';
import { afterLine, type FetchView } from './fetch-view';

/** Milliseconds before a container that failed is started again: doubled from the first to the last. The kubelet's are 10 s and 5 min. */
const [firstPauseMs, lastPauseMs] = [500, 4000];

/** What a fetch is made of. */
export interface ModelFetchOptions {
  /** The container's command line without URI and directory. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly uri: string;
  /** The pod's own directory: it has the volume and `/tmp` in it, and is removed with the pod. */
  readonly directory: string;
  readonly guard: OrphanGuard;
  /** Told how a run of the container failed: its last line. */
  readonly onFailure: (lastLine: string) => void;
}

/**
 * Stands in for the kubelet with one init container: runs the storage initializer as a local process with an empty volume, again and
 * again until it succeeds, as a pod's init containers are.
 *
 * Limits: no resources or security context are enforced, only paths keep the process in its directory.
 */
export class ModelFetch {
  view: FetchView = { state: 'starting' };
  /** The pod's volume, where a server would find the model. */
  readonly models: string;
  private child: ChildProcess | undefined;
  private running: Promise<void> = Promise.resolve();
  private pause: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly options: ModelFetchOptions) {
    this.models = join(options.directory, 'mnt', 'models');
  }

  async start(): Promise<void> {
    await mkdir(this.models, { recursive: true });
    await mkdir(join(this.options.directory, 'tmp'));
    if (!this.stopped) this.run(firstPauseMs);
  }

  /** Ends the process and removes the pod's directory. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.pause);
    this.child?.kill('SIGTERM');
    await this.running;
    await rm(this.options.directory, { recursive: true, force: true });
  }

  private run(pauseMs: number): void {
    const { command, env, uri, directory, guard, onFailure } = this.options;
    const [program, ...args] = command;
    const child = spawn(program, [...args, uri, this.models], {
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
    this.running = new Promise((resolve) => {
      child.once('error', (error) => (lastLine = error.message));
      // Not `exit`: what it wrote last is read first.
      child.once('close', (code) => {
        resolve();
        if (this.stopped) return;
        if (code === 0) {
          this.view = { ...this.view, state: 'fetched' };
          return;
        }
        this.view = { state: 'failed, to be started again' };
        onFailure(lastLine);
        this.pause = setTimeout(() => this.run(Math.min(2 * pauseMs, lastPauseMs)), pauseMs);
      });
    });
  }
}
