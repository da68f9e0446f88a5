import { soakOptions, type SoakName, type SoakOptions } from './options';
import { soakRegistrySync } from './registry-sync';
import { soakStorage } from './storage';

const soaks: Readonly<Record<SoakName, (options: SoakOptions) => Promise<readonly string[]>>> = {
  'registry-sync': soakRegistrySync,
  storage: soakStorage,
};

async function main(): Promise<number> {
  const options = soakOptions(process.argv.slice(2));
  const problems = await soaks[options.name](options);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  const again = `npm run soak -- ${options.name} --seed ${options.seed}`;
  process.stdout.write(problems.length === 0 ? 'soak passed\n' : `soak failed; again with: ${again}\n`);
  return problems.length === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`soak: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
