import { benchInferenceRuns } from './inference-runs';
import { benchRegistrySync } from './registry-sync';
import { benchRunner } from './runner';
import { benchServing } from './serving';
import { benchStorage } from './storage';
import { benchSynth } from './synth';

const benches: Readonly<Record<string, (args: readonly string[]) => boolean | Promise<boolean>>> = {
  synth: benchSynth,
  'registry-sync': benchRegistrySync,
  serving: benchServing,
  'inference-runs': benchInferenceRuns,
  storage: benchStorage,
  runner: benchRunner,
};

async function main([name = '', ...args]: readonly string[]): Promise<number> {
  const bench = benches[name];
  if (bench !== undefined) return (await bench(args)) ? 0 : 1;
  process.stderr.write(
    `npm run bench NAME: got ${JSON.stringify(name)}, allowed: ${Object.keys(benches).join(', ')}\n`,
  );
  return 2;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
