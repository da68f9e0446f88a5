import { setTimeout as sleep } from 'node:timers/promises';
import { registrySyncConfigSchema } from '../../../definitions/config/registry-sync';
import type { StoredInferenceService } from '../../controllers/registry-sync/installation';
import { median } from '../measure';
import type { BenchInstallation } from './bench-installation';
import { progress } from './options';
import { secondsOfPlainClient } from './plain';
import { memoryOf } from './process-figures';
import { startRegistryProcess } from './registry';
import { scriptOf, type Script } from './script';

/** Seconds without a change in which the registry must not be asked. */
const steadySeconds = 5;

const { workers } = registrySyncConfigSchema.parse({});

/** What one round of the controller showed. */
export interface LinkRound {
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly requestsPerObject: number;
  readonly steadyRequests: number;
  readonly script: Script;
}

/** Rounds of both at one latency. */
export interface Throughput {
  readonly latencyMs: number;
  /** InferenceServices per second, medians. */
  readonly ours: number;
  readonly plain: number;
  /** Median of the ratios of neighbouring rounds: what slows the machine down slows down both. */
  readonly ratio: number;
  readonly rounds: readonly LinkRound[];
}

/** Alternating rounds of controller and plain client over all objects of the load. */
export async function measureThroughput(
  bench: BenchInstallation,
  latencyMs: number,
  rounds: number,
): Promise<Throughput> {
  const count = bench.load.objects.length;
  // What the plain client asks is what the controller asked; this round also warms up the API server.
  const { script } = await linkByController(bench, latencyMs);
  const ours: LinkRound[] = [];
  const plain: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Who is first has the cooler machine: take turns.
    for (const turn of round % 2 === 0 ? ['ours', 'plain'] : ['plain', 'ours']) {
      if (turn === 'ours') ours.push(await linkByController(bench, latencyMs));
      else plain.push(await linkByPlainClient(bench, latencyMs, script));
    }
    progress(
      `registry at ${latencyMs} ms, round ${round + 1} of ${rounds}: ours ${ours.at(-1)?.seconds.toFixed(2)} s, ` +
        `plain ${plain.at(-1)?.toFixed(2)} s, peak ${ours.at(-1)?.peakMegabytes.toFixed(1)} MB`,
    );
  }
  const seconds = ours.map((round) => round.seconds);
  const ratios = seconds.map((one, round) => (plain[round] ?? NaN) / one);
  return {
    latencyMs,
    ours: count / median(seconds),
    plain: count / median(plain),
    ratio: median(ratios),
    rounds: ours,
  };
}

/** Links everything once and takes it back. */
export async function linkByController(bench: BenchInstallation, latencyMs: number): Promise<LinkRound> {
  const round = await bench.withController(latencyMs, async ({ controller, registry, startedAtMs }) => {
    await bench.load.allLinked(registry);
    const seconds = (Date.now() - startedAtMs) / 1000;
    const { requests } = await registry.traffic();
    await sleep(steadySeconds * 1000);
    const steadyRequests = (await registry.traffic()).requests.length - requests.length;
    const { peak: peakMegabytes } = await memoryOf(controller.pid);
    const requestsPerObject = requests.length / bench.load.objects.length;
    return { seconds, peakMegabytes, requestsPerObject, steadyRequests, script: scriptOf(requests) };
  });
  await bench.load.reset();
  return round;
}

async function linkByPlainClient(bench: BenchInstallation, latencyMs: number, script: Script): Promise<number> {
  const registry = await startRegistryProcess(latencyMs);
  const stored = await bench.installation.cluster.list({
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
  });
  const objects = stored as unknown as readonly StoredInferenceService[];
  try {
    const apiServer = await bench.apiServer();
    return await secondsOfPlainClient({ objects, options: { apiServer, registry: registry.url, script, workers } });
  } finally {
    await registry.stop();
    await bench.load.reset();
  }
}
