import { parseArgs } from 'node:util';

/** How `npm start` was asked to run. */
export interface PlatformOptions {
  /** End by itself when the example has been linked, synced and undeployed. */
  readonly once: boolean;
  /** Context of the kubeconfig to use instead of starting a cluster. */
  readonly context?: string;
}

export const usage = `npm start [-- OPTIONS]: the platform on this machine

  --once           end when the example was linked, its URL synced, and its record UNDEPLOYED after deletion (exit 0)
  --context NAME   use the cluster of this kubeconfig context instead of starting an API server
  --help           show this
`;

/** Wrong words on the command line; exit code 2. */
export class UsageError extends Error {}

/** @throws UsageError naming the word that is not understood */
export function platformOptions(words: readonly string[]): PlatformOptions | 'help' {
  const options = { once: { type: 'boolean' }, context: { type: 'string' }, help: { type: 'boolean' } } as const;
  try {
    const { values } = parseArgs({ args: [...words], options, strict: true });
    if (values.help === true) return 'help';
    return { once: values.once ?? false, ...(values.context === undefined ? {} : { context: values.context }) };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
