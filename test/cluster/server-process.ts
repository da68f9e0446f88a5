import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { OrphanGuard } from './orphan-guard';

/**
 * Garbage collection of the servers, which are written in Go and live for seconds: rarely. An API server with our CRDs took a tenth of the
 * processor time less, and 0.5 GB of memory instead of 0.35.
 */
const environment = { GOGC: '400', ...process.env };

/** A server of the test cluster: its own process group, its output in a file. */
export class ServerProcess {
  /** How the process ended (`exit code 1`, `signal SIGKILL`), undefined while it runs. */
  ended: string | undefined;
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;

  constructor(
    readonly name: string,
    command: string,
    args: readonly string[],
    private readonly logFile: string,
    guard: OrphanGuard,
  ) {
    const log = openSync(logFile, 'w');
    // Its own group: Ctrl-C must not end etcd under an API server that is still being used for cleaning up.
    this.child = spawn(command, args, { env: environment, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    if (this.child.pid !== undefined) guard.watch(this.child.pid);
    this.exited = new Promise((resolve) => {
      const end = (how: string) => {
        this.ended ??= how;
        resolve();
      };
      this.child.once('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
      this.child.once('error', (error) => end(error.message));
    });
    // A caller that forgets to stop the cluster still ends, and the guard then ends the servers.
    this.child.unref();
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Kills without grace, state and all: nothing of a test cluster is worth the API server's orderly shutdown. */
  async stop(): Promise<void> {
    if (this.ended === undefined) {
      this.child.ref();
      this.child.kill('SIGKILL');
    }
    await this.exited;
  }

  /** The end of what the server wrote, for error messages. */
  async lastLines(count: number): Promise<string> {
    const text = await readFile(this.logFile, 'utf8').catch(() => '');
    return text.trimEnd().split('\n').slice(-count).join('\n');
  }
}
