import { readFile } from 'node:fs/promises';

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
