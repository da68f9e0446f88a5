import type { Environment } from '../component';
import { runComponent } from '../process';
import { parseControllerFlags } from '../runtime/flags';
import { serving } from './component';
import { parseWebhookFlags } from './webhooks/webhook-flags';

/** Flags of upstream's manager, and what they are called here. */
const aliases: Readonly<Record<string, string>> = {
  'metrics-addr': 'metrics-bind-address',
  'health-probe-addr': 'health-probe-bind-address',
};

/**
 * `slipway serving`, which understands the command line of KServe's manager too.
 *
 * @returns the exit code of the process
 * @throws UsageError, ConfigError before anything is started
 */
// Imported when it is asked for, which the tool does not see.
// ts-unused-exports:disable-next-line
export async function runServing(args: readonly string[], environment: Environment): Promise<number> {
  const { flags, rest } = parseWebhookFlags(args);
  return runComponent(serving(flags), parseControllerFlags(rest.map(ownName)), environment);
}

function ownName(argument: string): string {
  const [, dashes = '', name = '', value = ''] = /^(--?)([^=]+)(=.*)?$/s.exec(argument) ?? [];
  const own = aliases[name];
  return own === undefined ? argument : `${dashes}${own}${value}`;
}
