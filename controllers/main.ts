import { ConfigError } from '../definitions/config/parse-config';
import type { Component } from './component';
import { runComponent } from './process';
import { registrySync } from './registry-sync/component';
import { controllerFlagsHelp, parseControllerFlags } from './runtime/flags';
import { UsageError } from './runtime/usage-error';
import { version } from '../definitions/names/version';

const components: readonly Component[] = [registrySync];

const help = `slipway ${version}: model serving on Kubernetes

Usage: slipway COMPONENT [FLAGS]

Components:
${components.map(({ name, summary }) => `  ${name.padEnd(18)} ${summary}`).join('\n')}

Flags:
${controllerFlagsHelp}
  --help     show this
  --version  show the version

Exit codes: 0 stopped in good order, 1 failed or lost the lease, 2 wrong command line or configuration.
`;

/** Exit code of wrong words: on the command line, in a variable, in the configuration file. */
const usageExitCode = 2;

async function main(args: readonly string[]): Promise<number> {
  const [word, ...rest] = args;
  if (args.some((argument) => argument === '--help' || argument === '-h') || word === 'help') {
    process.stdout.write(help);
    return 0;
  }
  if (word === '--version') {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const component = components.find(({ name }) => name === word);
  if (component === undefined) {
    const names = components.map(({ name }) => name).join(', ');
    throw new UsageError(
      `${word === undefined ? 'no component given' : `unknown component ${JSON.stringify(word)}`}, allowed: ${names}`,
    );
  }
  return runComponent(component, parseControllerFlags(rest), process.env);
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`slipway: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof UsageError || error instanceof ConfigError ? usageExitCode : 1);
  },
);
