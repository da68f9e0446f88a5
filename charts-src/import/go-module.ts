import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import * as z from 'zod';

/** A Go module at one version, with the content hash it must have. */
interface PinnedModule {
  readonly module: string;
  /** With its leading `v`. */
  readonly version: string;
  /** go.sum hash, `h1:...`. */
  readonly sum: string;
}

const downloadSchema = z.object({
  Dir: z.string().optional(),
  Sum: z.string().optional(),
  Error: z.string().optional(),
});

/**
 * Puts a module into Go's module cache, from the cache itself or the module proxy, and returns its read-only directory.
 * No go.mod is involved: as requirements of one the modules of the table conflict.
 *
 * @throws when `go` is missing, the module can't be had, or its content is not the pinned one.
 */
export async function downloadModule({ module, version, sum }: PinnedModule): Promise<string> {
  const at = `${module}@${version}`;
  const { stdout, failure } = await go(['mod', 'download', '-json', at]);
  const answer = downloadSchema.parse(stdout.trim() === '' ? {} : JSON.parse(stdout));
  if (answer.Dir === undefined || answer.Sum === undefined) {
    throw new Error(`downloading go module ${at}: ${answer.Error ?? failure ?? 'go named no directory'}`);
  }
  if (answer.Sum !== sum) {
    throw new Error(
      `go module ${at} has sum ${answer.Sum}, pinned is ${sum}: check what changed before pinning it anew`,
    );
  }
  return answer.Dir;
}

/** Go reports a failed download as JSON on standard output and a non-zero exit, so both are kept. */
function go(args: readonly string[]): Promise<{ stdout: string; failure?: string }> {
  return new Promise((resolve, reject) => {
    // Outside of any module: a go.mod above the working directory must not have a say.
    execFile('go', args, { cwd: tmpdir() }, (error, stdout, stderr) => {
      if (error?.code === 'ENOENT') {
        reject(new Error('starting go: not found on the PATH; install Go to regenerate imports/', { cause: error }));
      } else if (error) {
        resolve({ stdout, failure: stderr.trim() || error.message });
      } else {
        resolve({ stdout });
      }
    });
  });
}
