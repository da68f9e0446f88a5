import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { registryApiPath } from '../../definitions/names/model-registry';
import { deployed } from '../bench/registry-sync/deployed';
import { memoryOf } from '../bench/registry-sync/process-figures';
import { median } from '../bench/measure';
import type { ControllerProcess } from '../controllers/registry-sync/controller-process';
import { Installation } from '../controllers/registry-sync/installation';
import { startFaultProxy } from '../faults/fault-proxy';
import { seededRandom } from '../faults/seeded-random';
import { differences } from './registry-sync/differences';
import type { SoakOptions } from './options';
import { Population } from './registry-sync/population';
import { Weather } from './registry-sync/weather';

/** Seconds after which everything must be in step: the longest back-off that faults of eight seconds can build up, and an idle watch. */
const settleSeconds = 120;
/** Largest growth of the controller's memory since the first minute. Less memory is no leak. */
const largestGrowth = 1.1;
/** Changes per second. */
const pace = 8;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Registry sync in bad weather. @returns what is wrong in the end */
export async function soakRegistrySync({ minutes, seed }: SoakOptions): Promise<readonly string[]> {
  say(`soak: ${minutes} minutes, --seed ${seed}`);
  // A silent registry or watch is given up soon, so that many of them fit into the time.
  const settings = { registry: { requestTimeoutSeconds: 2 } };
  const installation = await Installation.make(settings, { audit: 'off' });
  const { cluster, registry } = installation;
  const random = seededRandom(seed);
  // Of its own: how often the proxy asks depends on timing, and must not move the others.
  const proxy = await startFaultProxy({ target: cluster.url, ca: cluster.ca, random: seededRandom(seed + 1) });
  const compileCache = await mkdtemp(join(tmpdir(), 'slipway-compile-cache-'));
  try {
    const versions = ['2', await secondVersion(registry.url)];
    const namespaces = [
      await cluster.namespace('soak'),
      await cluster.namespace('soak'),
      await cluster.namespace('soak'),
    ];
    const { env, nodeFlags } = deployed(compileCache);
    const controller = await installation.start({
      apiServer: proxy.url,
      args: ['--watch-idle-seconds=20'],
      nodeFlags,
      env,
    });
    const weather = new Weather({ proxy, registry, random: seededRandom(seed + 2) });
    const population = new Population(installation, { namespaces, versions, random });
    let end: string | undefined;
    void controller.ended.then((code) => (end = code));
    const memory = watchMemory(controller);
    const status = () =>
      `${JSON.stringify(population.changes)} ${registry.entities().inferenceServices.length} records, ` +
      `${memory.now().toFixed(1)} MB`;
    await storm(minutes, weather, population, status);
    weather.clear();
    const problems = await settle(installation, status);
    memory.stop();
    const tail = controller.log.slice(-20).join('\n');
    return [
      ...problems,
      ...memory.problems(),
      ...(end === undefined ? [] : [`the controller ended with ${end}:\n${tail}`]),
    ];
  } finally {
    await proxy.close();
    await installation.close();
    await rm(compileCache, { recursive: true, force: true });
  }
}

/** Faults and changes until the time is over. */
async function storm(minutes: number, weather: Weather, population: Population, status: () => string): Promise<void> {
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  let spellEnds = 0;
  let nextLine = 10;
  let spell = '';
  while (elapsed() < minutes * 60) {
    if (elapsed() >= spellEnds) {
      const next = weather.change();
      spellEnds = elapsed() + next.seconds;
      spell = next.name;
    }
    if (elapsed() >= nextLine) {
      say(`${nextLine.toString().padStart(5)} s  ${status()}  ${spell}`);
      nextLine += 10;
    }
    await population.change();
    await sleep(1000 / pace);
  }
}

/** Waits until nothing differs, and what differs when the time is over. */
async function settle(installation: Installation, status: () => string): Promise<readonly string[]> {
  say('faults off');
  for (let second = 0; ; second += 1) {
    const found = await differences(installation);
    if (found.length === 0) {
      say(`all in step after ${second} s`);
      return [];
    }
    if (second >= settleSeconds) return found.map((line) => `after ${second} s: ${line}`);
    if (second % 10 === 9) say(`${found.length} differences left  ${status()}`);
    await sleep(1000);
  }
}

/** Samples of resident memory, one per second. */
function watchMemory({ pid }: ControllerProcess) {
  const samples: number[] = [];
  const timer = setInterval(() => {
    memoryOf(pid).then(
      ({ resident }) => samples.push(resident),
      () => clearInterval(timer), // It ended; the end says so.
    );
  }, 1000);
  return {
    now: () => samples.at(-1) ?? 0,
    stop: () => clearInterval(timer),
    problems: (): readonly string[] => {
      // Around one minute, and at the end: single samples depend on the garbage collector's mood.
      const before = median(samples.slice(55, 65));
      const after = median(samples.slice(-10));
      say(`memory: ${before.toFixed(1)} MB after the first minute, ${after.toFixed(1)} MB at the end`);
      const growth = `memory grew from ${before.toFixed(1)} MB to ${after.toFixed(1)} MB, more than 10 %`;
      return after > before * largestGrowth ? [growth] : [];
    },
  };
}

async function secondVersion(registry: string): Promise<string> {
  const answer = await fetch(`${registry}${registryApiPath}/v1alpha3/model_versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'v2', registeredModelId: '1' }),
  });
  return ((await answer.json()) as { id: string }).id;
}
