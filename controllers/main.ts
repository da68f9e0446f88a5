import { ConfigError } from '../definitions/config/parse-config';
import { controllerFlagsHelp, parseControllerFlags } from './runtime/flags';
import { UsageError } from './runtime/usage-error';
import { version } from '../definitions/names/version';

/** A word after `slipway`. What it needs is loaded when it is asked for: an init container has no use for a controller. */
interface Command {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** @returns the exit code */
  run(args: readonly string[]): Promise<number>;
}

/** Controllers: they run until they are told to stop, and share their flags. */
const components: readonly Command[] = [
  {
    name: 'registry-sync',
    summary: 'keeps one Model Registry record in step with each labelled InferenceService',
    run: async (args) => {
      const flags = parseControllerFlags(args);
      const [{ registrySync }, { runComponent }] = await Promise.all([
        import('./registry-sync/component.js'),
        import('./process.js'),
      ]);
      return runComponent(registrySync, flags, process.env);
    },
  },
  {
    name: 'serving',
    summary: 'makes InferenceServices run: model servers, scaling, routes, status, admission',
    run: async (args) => {
      const { runServing } = await import('./serving/command.js');
      return runServing(args, process.env);
    },
  },
  {
    name: 'inference-runs',
    summary: 'makes Jobs and CronJobs of InferenceRuns and follows them',
    run: async (args) => {
      const { runInferenceRuns } = await import('./inference-runs/command.js');
      return runInferenceRuns(args, process.env);
    },
  },
];

/** They do their work and end, and have flags of their own. */
const tasks: readonly Command[] = [
  {
    name: 'storage-initializer',
    summary: 'fetches model files: URI DIRECTORY [URI DIRECTORY ...]',
    run: async (args) => {
      const { runStorageInitializer } = await import('./storage-initializer/command.js');
      return runStorageInitializer(args, process.env);
    },
  },
  {
    name: 'runner',
    summary: 'does the work of an InferenceRun: asks a model about many items',
    run: async (args) => {
      const { runRunner } = await import('./runner/command.js');
      return runRunner(args, process.env);
    },
  },
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
  commands.map(({ name, summary }) => `  ${name.padEnd(20)} ${summary}`).join('\n');

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
  return component.run(rest);
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`slipway: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof UsageError || error instanceof ConfigError ? usageExitCode : 1);
  },
);
