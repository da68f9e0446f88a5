import { setTimeout as delay } from 'node:timers/promises';
import type { ApiResource, KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { deployments } from '../../definitions/kubernetes/core-resources';
import { inferenceRuns } from '../../definitions/inference/inference-run';
import { inferenceServices } from '../../definitions/serving/inference-service';
import { LiveTable } from './live-table';
import { platformOptions, usage, UsageError, type PlatformOptions } from './options';
import { startPlatform, type Platform } from './platform';
import { runOnce } from './once';
import { recordView, type RecordView } from './record-view';
import { runsTable } from './run-view';
import { servingTable } from './serving-view';
import { fetchesTable, recordsTable } from './view';

/** Milliseconds between two looks at the cluster and the registry. */
const lookEveryMs = 200;

const table = new LiveTable({ isTTY: process.stdout.isTTY, write: (text) => void process.stdout.write(text) });
const say = (line: string) => table.say(line);

async function main(options: PlatformOptions): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const platform = await startPlatform({
    ...(options.context === undefined ? {} : { context: options.context }),
    ...(options.chaosSeed === undefined ? {} : { chaosSeed: options.chaosSeed }),
    ...(options.fail === undefined ? {} : { fail: options.fail }),
    say,
    onLog: (controller, { level, msg }) => {
      // With faults every other line is a warning; the ends of a process are not.
      const shown = options.chaosSeed === undefined ? ['warn', 'error', 'fatal'] : ['fatal'];
      if (shown.includes(String(level)) || msg.startsWith('ended with')) say(`${controller}: ${level}: ${msg}`);
    },
  });
  try {
    const shown = options.once
      ? runOnce(platform, {
          chaos: options.chaosSeed !== undefined,
          ...(options.fail === undefined ? {} : { fail: options.fail }),
          look: () => look(platform),
          say,
          interrupted: interrupted.signal,
        })
      : show(platform, interrupted.signal);
    const failure = await Promise.race([shown.then(() => undefined), platform.ended]);
    if (failure !== undefined && !interrupted.signal.aborted) throw new Error(failure);
    return options.once && interrupted.signal.aborted ? 1 : 0;
  } finally {
    interrupted.abort();
    say('stopping');
    await platform.stop();
  }
}

/** Looks at everything once, and shows what there is. */
async function look({ client, registry, models, examples, predictions }: Platform): Promise<readonly RecordView[]> {
  const namespaces = [...new Set(examples.map(({ metadata }) => metadata.namespace ?? 'default'))];
  const inAll = async <T extends KubernetesObject>(resource: ApiResource<T>) =>
    (await Promise.all(namespaces.map((namespace) => client.list(resource, { namespace })))).flatMap(
      ({ items }) => items,
    );
  const [objects, workloads, runs] = await Promise.all([
    inAll(inferenceServices),
    inAll(deployments),
    inAll(inferenceRuns),
  ]);
  const records = registry.entities().inferenceServices.map(recordView);
  table.show([
    servingTable(objects, workloads),
    recordsTable(objects, records),
    fetchesTable(models.views()),
    runsTable(runs, predictions),
  ]);
  return records;
}

async function show(platform: Platform, interrupted: AbortSignal): Promise<void> {
  say('Ctrl-C ends it and leaves nothing behind');
  while (!interrupted.aborted) {
    await look(platform);
    await delay(lookEveryMs);
  }
}

async function start(): Promise<number> {
  const options = platformOptions(process.argv.slice(2));
  if (options !== 'help') return main(options);
  process.stdout.write(usage);
  return 0;
}

start().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`npm start: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
