import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Reads process group ids line by line until its standard input closes, which happens when our process ends, however it
 * ends: the kernel closes a killed process's pipes too. Signals are ignored because Ctrl-C reaches whole process groups.
 * Removing is repeated because a process that is being killed may still write a file.
 */
const script = `
trap '' INT TERM HUP
groups=
while read -r group; do groups="$groups $group"; done
for group in $groups; do kill -s KILL -- "-$group"; done 2>/dev/null
[ -z "$1" ] && exit 0
for attempt in 1 2 3 4 5; do rm -rf -- "$1" 2>/dev/null && exit 0; sleep 0.2; done
`;

/**
 * Ends processes and removes a directory when this process ends without doing so itself: a crash, SIGKILL, or jest's exit
 * on Ctrl-C, which skips the global teardown. It is a shell that sleeps on a pipe (1 MB).
 */
export class OrphanGuard {
  private readonly shell: ChildProcess;

  /** @param directory what to remove after the processes are gone; absent = nothing */
  constructor(directory?: string) {
    this.shell = spawn('/bin/sh', ['-c', script, 'orphan-guard', directory ?? ''], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    // A guard that could not start or was killed by someone leaves us without protection, not without servers.
    this.shell.on('error', () => undefined);
    this.shell.stdin?.on('error', () => undefined);
    this.shell.unref();
  }

  /** Adds a process that leads its own group (`detached: true`). */
  watch(pid: number): void {
    this.shell.stdin?.write(`${pid}\n`);
  }

  /** Ends the guard without effect: call it when everything it watches is gone. */
  release(): Promise<void> {
    return new Promise((resolve) => {
      if (this.shell.exitCode !== null || this.shell.signalCode !== null || this.shell.pid === undefined) {
        resolve();
        return;
      }
      this.shell.once('exit', () => resolve());
      this.shell.ref();
      this.shell.kill('SIGKILL');
    });
  }
}
