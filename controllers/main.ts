import { ConfigError } from '../definitions/config/parse-config';
import type { Component } from './component';
import { runComponent } from './process';
import { registrySync } from './registry-sync/component';
import { controllerFlagsHelp, parseControllerFlags } from './runtime/flags';
import { UsageError } from './runtime/usage-error';
import { version } from '../definitions/names/version';

const components: readonly Component[] = [registrySync];

/** A sub-command that does its work and ends. What it needs is loaded when it is asked for: a controller has no use for it. */
interface Task {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** @returns the exit code */
  run(args: readonly string[]): Promise<number>;
}

const tasks: readonly Task[] = [
  {
    name: 'generate-secret',
    summary: 'makes a Secret with random passwords, once',
    run: async (args) => {
      const { runGenerateSecret } = await import('./generate-secret/command.js');
      return runGenerateSecret(args, process.env);
    },
  },
];

const listed = (commands: readonly { readonly name: string; readonly summary: string }[]) =>
  commands.map(({ name, summary }) => `  ${name.padEnd(18)} ${summary}`).join('\n');

const help = `slipway ${version}: model serving on Kubernetes

Usage: slipway COMPONENT [FLAGS]

Components:
${listed(components)}

Tasks, with flags of their own (slipway TASK --help):
${listed(tasks)}

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
  const task = tasks.find(({ name }) => name === word);
  if (task !== undefined) return task.run(rest);
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
    const names = [...components, ...tasks].map(({ name }) => name).join(', ');
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
