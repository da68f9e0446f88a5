import { parseArgs } from 'node:util';

/** What may go wrong with the example's model. */
const failures = ['download', 'crash'] as const;
export type ModelFailure = (typeof failures)[number];

/** How `npm start` was asked to run. */
export interface PlatformOptions {
  /** End by itself when the example has been linked, fetched, synced and undeployed. */
  readonly once: boolean;
  /** Seed of the faults between controllers, API server and registry; absent: none. */
  readonly chaosSeed?: number;
  /** What goes wrong with the example's model: its file is not where the registry says, or its server ends. @default nothing */
  readonly fail?: ModelFailure;
  /** Context of the kubeconfig to use instead of starting a cluster. */
  readonly context?: string;
}

export const usage = `npm start [-- OPTIONS]: the platform on this machine

  --once           end when the example was linked, its model fetched, Ready with a URL, that URL in its record, and after its
                   deletion the record UNDEPLOYED and everything that was made for it gone (exit 0)
  --fail WHAT      the example's model fails: download (its file is not in the storage) or crash (its server ends);
                   with --once: end when the InferenceService says why, and after deletion as above
  --chaos          faults between the controllers, the API server and the registry, one after the other
  --seed N         decides the faults; the same seed gives the same ones (default: a new one, which is printed)
  --context NAME   use the cluster of this kubeconfig context instead of starting an API server
  --help           show this
`;

/** Wrong words on the command line; exit code 2. */
export class UsageError extends Error {}

/** @throws UsageError naming the word that is not understood */
export function platformOptions(words: readonly string[]): PlatformOptions | 'help' {
  const options = {
    once: { type: 'boolean' },
    chaos: { type: 'boolean' },
    fail: { type: 'string' },
    seed: { type: 'string' },
    context: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  try {
    const { values } = parseArgs({ args: [...words], options, strict: true });
    if (values.help === true) return 'help';
    const fail = failureOf(values.fail);
    const chaosSeed = seedOf(values.chaos ?? false, values.seed);
    return {
      once: values.once ?? false,
      ...(fail === undefined ? {} : { fail }),
      ...(chaosSeed === undefined ? {} : { chaosSeed }),
      ...(values.context === undefined ? {} : { context: values.context }),
    };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function failureOf(written: string | undefined): ModelFailure | undefined {
  const found = failures.find((failure) => failure === written);
  if (found !== undefined || written === undefined) return found;
  throw new UsageError(`--fail: got ${written}, expected ${failures.join(' or ')}`);
}

function seedOf(chaos: boolean, written: string | undefined): number | undefined {
  if (!chaos && written !== undefined) throw new UsageError('--seed means nothing without --chaos');
  if (written === undefined) return chaos ? Math.floor(Math.random() * 1e9) : undefined;
  if (!/^[0-9]{1,9}$/.test(written)) throw new UsageError(`--seed: got ${written}, expected up to nine digits`);
  return Number(written);
}
