import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../runtime/usage-error';
import { type Architecture, architectures, hostArchitecture, isArchitecture } from './architecture';

/** What `npm run image` is asked to do. */
export type ImageTask =
  | { readonly do: 'help' }
  /** Lock the newest inputs. */
  | { readonly do: 'update-lock' }
  /** Lay out the program alone, for the Containerfile. */
  | { readonly do: 'lay-out-app'; readonly out: string }
  | { readonly do: 'build'; readonly out: string; readonly architecture: Architecture };

/** What `npm run image -- --help` prints. */
export const imageHelp = `Builds the container image as an OCI layout, without a container engine.

Usage: npm run image [-- FLAGS]

  --out DIR       where the layout goes (default build/image)
  --arch ARCH     ${architectures.join(' or ')} (default: this machine's)
  --app-only      lay out the program alone, as a root directory, in --out (default build/app); the Containerfile uses it
  --update-lock   lock the newest Debian packages of apt's sources and the installed Node, for every architecture
  --help          show this

SOURCE_DATE_EPOCH (seconds since 1970) is the time of everything in the image; 0 when not set.
`;

/**
 * Parses the command line.
 *
 * @param cwd directory that relative paths start from
 * @throws UsageError
 */
export function parseImageTask(args: readonly string[], cwd: string): ImageTask {
  const flags = parse(args);
  if (flags.help === true) return { do: 'help' };
  if (flags['update-lock'] === true) {
    if (flags.out !== undefined || flags.arch !== undefined || flags['app-only'] === true)
      throw new UsageError('--update-lock: takes no other flag, it locks every architecture');
    return { do: 'update-lock' };
  }
  if (flags['app-only'] === true) {
    if (flags.arch !== undefined) throw new UsageError('--app-only: takes no --arch, the program is the same on all');
    return { do: 'lay-out-app', out: resolve(cwd, flags.out ?? 'build/app') };
  }
  return {
    do: 'build',
    out: resolve(cwd, flags.out ?? 'build/image'),
    architecture: architectureOf(flags.arch),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        out: { type: 'string' },
        arch: { type: 'string' },
        'app-only': { type: 'boolean' },
        'update-lock': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function architectureOf(word: string | undefined): Architecture {
  if (word === undefined) return hostArchitecture();
  if (isArchitecture(word)) return word;
  throw new UsageError(`--arch: ${JSON.stringify(word)} is not allowed, give ${architectures.join(' or ')}`);
}
