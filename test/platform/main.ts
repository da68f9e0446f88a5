import { setTimeout as delay } from 'node:timers/promises';
import { inferenceServices } from '../../definitions/serving/inference-service';
import { expectExampleModel } from './example-model';
import { LiveTable } from './live-table';
import { platformOptions, usage, UsageError, type PlatformOptions } from './options';
import { startPlatform, type Platform } from './platform';
import { serve } from './serving-stand-in';
import { fetchesTable, inferenceServicesIn, recordsTable, type RecordView } from './view';

/** Milliseconds between two looks at the cluster and the registry. */
const lookEveryMs = 200;

/** With faults the example lives this often, so that it meets many of them. */
const chaosRounds = 5;

/** Longest time that `--once` gives each step, milliseconds. */
const stepMs = 60_000;
/** With faults: a lost lease alone takes its 15 s, and what breaks next may break the first try. */
const chaosStepMs = 240_000;

const table = new LiveTable({ isTTY: process.stdout.isTTY, write: (text) => void process.stdout.write(text) });
const say = (line: string) => table.say(line);

async function main(options: PlatformOptions): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const platform = await startPlatform({
    ...(options.context === undefined ? {} : { context: options.context }),
    ...(options.chaosSeed === undefined ? {} : { chaosSeed: options.chaosSeed }),
    say,
    onLog: (controller, { level, msg }) => {
      // With faults every other line is a warning; the ends of a process are not.
      const shown = options.chaosSeed === undefined ? ['warn', 'error', 'fatal'] : ['fatal'];
      if (shown.includes(String(level)) || msg.startsWith('ended with')) say(`${controller}: ${level}: ${msg}`);
    },
  });
  const ended = Promise.race(
    platform.controllers.map(async (controller) => `${controller.name} ended with ${await controller.ended}`),
  );
  try {
    const shown = options.once
      ? once(platform, options.chaosSeed !== undefined, interrupted.signal)
      : show(platform, interrupted.signal);
    const failure = await Promise.race([shown.then(() => undefined), ended]);
    if (failure !== undefined && !interrupted.signal.aborted) throw new Error(failure);
    return options.once && interrupted.signal.aborted ? 1 : 0;
  } finally {
    interrupted.abort();
    say('stopping');
    await platform.stop();
  }
}

/** Looks at everything once: lets the stand-in for serving act, and shows what there is. */
async function look({ client, registry, models, examples }: Platform): Promise<readonly RecordView[]> {
  const namespaces = [...new Set(examples.map(({ metadata }) => metadata.namespace ?? 'default'))];
  const objects = (await Promise.all(namespaces.map((namespace) => inferenceServicesIn(client, namespace)))).flat();
  await models.follow(objects);
  for (const object of objects) {
    if (models.isServable(object) && (await serve(client, object)))
      say(`serving      ${object.metadata.name} got its URL (stand-in for the serving controller)`);
  }
  const records = registry.entities().inferenceServices.map(recordView);
  table.show([recordsTable(objects, records), fetchesTable(models.views())]);
  return records;
}

async function show(platform: Platform, interrupted: AbortSignal): Promise<void> {
  say('Ctrl-C ends it and leaves nothing behind');
  while (!interrupted.aborted) {
    await look(platform);
    await delay(lookEveryMs);
  }
}

/** The example's life, with faults several times: linked, model fetched, URL synced, deleted, UNDEPLOYED. */
async function once(platform: Platform, chaos: boolean, interrupted: AbortSignal): Promise<void> {
  const rounds = chaos ? chaosRounds : 1;
  const patienceMs = chaos ? chaosStepMs : stepMs;
  const until = async (what: string, reached: (records: readonly RecordView[]) => boolean | Promise<boolean>) => {
    for (const deadline = Date.now() + patienceMs; !interrupted.aborted; await delay(lookEveryMs)) {
      if (await reached(await look(platform))) return say(`reached      ${what}`);
      if (Date.now() > deadline) throw new Error(`${what}: not reached within ${patienceMs / 1000} s`);
    }
  };
  for (let round = 1; round <= rounds && !interrupted.aborted; round += 1) {
    const live = (records: readonly RecordView[]) => records.filter(({ state }) => state === 'DEPLOYED');
    if (round > 1) for (const example of platform.examples) await platform.apply(example);
    await until('the example is linked to a record', (records) => live(records).length === 1);
    await until('its model is fetched', async () => hasExampleModel(platform));
    await until('its URL is in the record', (records) => live(records)[0]?.url !== undefined);
    for (const { kind, metadata } of platform.examples) {
      if (kind !== inferenceServices.kind || interrupted.aborted) continue;
      await platform.client.delete(inferenceServices, metadata);
      say(`deleted      ${kind} ${metadata.name}`);
    }
    await until(
      'the record is UNDEPLOYED',
      (records) => records.length === round && records.every(({ state }) => state === 'UNDEPLOYED'),
    );
    await until('the InferenceService is gone', async () => (await examplesLeft(platform)) === 0);
  }
}

/**
 * Whether the example's model is fetched.
 *
 * @throws when what is there then is not what was uploaded
 */
async function hasExampleModel({ client, examples, models }: Platform): Promise<boolean> {
  const served = examples.filter(({ kind }) => kind === inferenceServices.kind);
  for (const { metadata } of served) {
    const object = await client.get(inferenceServices, metadata);
    const directory = object === undefined ? undefined : models.filesOf(object);
    if (object === undefined || directory === undefined || !models.isServable(object)) return false;
    await expectExampleModel(directory);
  }
  return served.length > 0;
}

/** InferenceServices of the examples that are still there. */
async function examplesLeft({ client, examples }: Platform): Promise<number> {
  const found = examples
    .filter(({ kind }) => kind === inferenceServices.kind)
    .map(({ metadata }) => client.get(inferenceServices, metadata));
  return (await Promise.all(found)).filter((object) => object !== undefined).length;
}

function recordView(entity: Readonly<Record<string, unknown>>): RecordView {
  const properties = entity['customProperties'];
  const url: unknown =
    typeof properties === 'object' && properties !== null ? Reflect.get(properties, 'url') : undefined;
  const value: unknown = typeof url === 'object' && url !== null ? Reflect.get(url, 'string_value') : undefined;
  return {
    id: String(entity['id']),
    name: String(entity['name']),
    state: String(entity['desiredState']),
    ...(typeof value === 'string' ? { url: value } : {}),
  };
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
