import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { environment } from '../../charts-src/environments/environment';
import {
  environmentFiles,
  renderEnvironment,
  type RenderedComponent,
} from '../../charts-src/output/render-environment';
import { median, report, secondsOf } from './measure';

const bound = z.object({ max: z.number() });
const rangesSchema = z.object({
  asTypedSeconds: bound,
  readyBundleSeconds: bound,
  tenTimesTheObjects: bound,
  fiftyRegistriesSeconds: bound,
});

const rounds = 10;

/** Time of `npm run synth`, of the bundle it leaves, and how the time grows with the objects. @returns whether all are in range */
export function benchSynth(): boolean {
  const ranges = rangesSchema.parse(JSON.parse(readFileSync(join(__dirname, 'ranges/synth.json'), 'utf8')));
  const out = ['--out', 'build/bench-synth'];
  const seconds = {
    changed: [] as number[],
    typed: [] as number[],
    bundle: [] as number[],
    json: [] as number[],
    npm: [] as number[],
    node: [] as number[],
    tenfold: [] as number[],
    registries: [] as number[],
  };
  secondsOf('npm', ['run', '-s', 'synth', '--', ...out]);
  for (let round = 0; round < rounds; round += 1) {
    touch();
    seconds.changed.push(secondsOf('npm', ['run', '-s', 'synth', '--', ...out]));
    seconds.typed.push(secondsOf('npm', ['run', '-s', 'synth', '--', ...out]));
    seconds.bundle.push(secondsOf(process.execPath, ['build/synth.cjs', ...out]));
    // The ceilings: npm and Node doing nothing.
    seconds.npm.push(secondsOf('npm', ['run', '-s', 'synth', '--', '--help']));
    seconds.node.push(secondsOf(process.execPath, ['-e', '0']));
    const one = inProcess(20);
    const tenfold = inProcess(200);
    seconds.registries.push(ofRegistries(50) - ofRegistries(0));
    seconds.tenfold.push(tenfold.seconds / one.seconds);
    seconds.json.push(tenfold.seconds / jsonSeconds(tenfold.components));
  }
  return report([
    {
      name: 'npm run synth after a change, all environments and targets, s',
      value: median(seconds.changed),
      beside: `nothing changed ${median(seconds.typed).toFixed(3)}, npm run synth -- --help ${median(seconds.npm).toFixed(3)}`,
      max: ranges.asTypedSeconds.max,
    },
    {
      name: 'ready bundle, all environments and targets, s',
      value: median(seconds.bundle),
      beside: `node doing nothing ${median(seconds.node).toFixed(3)}`,
      max: ranges.readyBundleSeconds.max,
    },
    {
      name: '10 times the objects, in process, times',
      value: median(seconds.tenfold),
      beside: `JSON.stringify of the same objects takes 1/${median(seconds.json).toFixed(0)} of the time`,
      max: ranges.tenTimesTheObjects.max,
    },
    {
      name: '50 registries more in an environment, in process, s',
      value: median(seconds.registries),
      ...ranges.fiftyRegistriesSeconds,
    },
  ]);
}

/** Makes synth bundle its sources, as after a change of one: what is bundled, and V8's code for it, is then of no use any more. */
function touch(): void {
  const now = new Date();
  utimesSync(join(__dirname, '../../charts-src/main.ts'), now, now);
}

interface InProcess {
  readonly seconds: number;
  readonly components: readonly RenderedComponent[];
}

/** Renders and serializes this many installations of registry sync, ten objects each. */
function inProcess(installations: number): InProcess {
  const components: RenderedComponent[] = [];
  const started = performance.now();
  for (let index = 0; index < installations; index += 1) {
    const options = { namePrefix: `n${index}-`, replicas: 2, monitor: true, networkPolicy: {} };
    const rendered = renderEnvironment(environment({ name: 'bench', registrySync: options }));
    environmentFiles(rendered);
    components.push(...rendered);
  }
  return { seconds: (performance.now() - started) / 1000, components };
}

/** Seconds that an environment takes with this many registries, each with its database, policies and mesh. */
function ofRegistries(count: number): number {
  const registries = Array.from({ length: count }, (_, index) => ({
    name: `team-${index}`,
    database: { engine: 'postgres' as const },
    networkPolicy: {},
    mesh: {},
  }));
  const started = performance.now();
  environmentFiles(renderEnvironment(environment({ name: 'bench', registries, registrySync: {} })));
  return (performance.now() - started) / 1000;
}

/** The ceiling: the objects as text without asking for order or quotes. */
function jsonSeconds(components: readonly RenderedComponent[]): number {
  const started = performance.now();
  for (const { manifests } of components) JSON.stringify(manifests);
  return (performance.now() - started) / 1000;
}
