import { benchSynth } from './synth';

const benches: Readonly<Record<string, () => boolean>> = { synth: benchSynth };

const [name = ''] = process.argv.slice(2);
const bench = benches[name];
if (bench === undefined) {
  process.stderr.write(
    `npm run bench NAME: got ${JSON.stringify(name)}, allowed: ${Object.keys(benches).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  process.exitCode = bench() ? 0 : 1;
}
