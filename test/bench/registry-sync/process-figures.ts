import { readFile, readdir } from 'node:fs/promises';

/** Process id of the only controller that this process has started. */
export async function controllerPid(): Promise<number> {
  const tasks = await readdir('/proc/self/task');
  const lists = await Promise.all(tasks.map((task) => readFile(`/proc/self/task/${task}/children`, 'utf8')));
  for (const pid of lists.flatMap((list) => list.trim().split(' ')).filter((text) => text !== '')) {
    // A child that ends right now has none.
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.split('\0').includes('registry-sync')) return Number(pid);
  }
  throw new Error('looking for the controller: no child of this process is one');
}

/** Resident memory of a process in megabytes (of 1,000,000 bytes): now and at its highest. */
export async function memoryOf(pid: number): Promise<{ readonly resident: number; readonly peak: number }> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string) => {
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
    if (kibibytes === undefined) throw new Error(`reading memory of process ${pid}: it has no ${name}`);
    return (Number(kibibytes) * 1024) / 1_000_000;
  };
  return { resident: megabytes('VmRSS'), peak: megabytes('VmHWM') };
}
