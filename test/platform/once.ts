import { setTimeout as delay } from 'node:timers/promises';
import { conditionOf } from '../../controllers/runtime/conditions';
import { conditionsOf } from '../../controllers/serving/status/stored-status';
import { componentConditions, servingConditions } from '../../definitions/names/serving-conditions';
import { inferenceRuns } from '../../definitions/inference/inference-run';
import { inferenceServices, type InferenceService } from '../../definitions/serving/inference-service';
import { childrenOf } from './children';
import { expectExampleModel } from './example-model';
import { exampleSpecies } from './example-runs';
import type { ModelFailure } from './options';
import type { Platform } from './platform';
import type { RecordView } from './record-view';

/** Milliseconds between two looks. */
const lookEveryMs = 200;

/** With faults the example lives this often, so that it meets many of them. */
const chaosRounds = 5;

/** Longest time that each step may take, milliseconds: on a cluster that is there, its garbage collector learns of new kinds late. */
const stepMs = 60_000;
/** With faults: a lost lease alone takes its 15 s, and what breaks next may break the first try. */
const chaosStepMs = 240_000;

/** What `--once` goes by. */
export interface OnceOptions {
  /** Whether there are faults. */
  readonly chaos: boolean;
  readonly fail?: ModelFailure;
  /** Shows what there is. */
  readonly look: () => Promise<readonly RecordView[]>;
  readonly say: (line: string) => void;
  readonly interrupted: AbortSignal;
}

/** Conditions of the examples' life that are reached one after the other. */
type Reached = (records: readonly RecordView[]) => boolean | Promise<boolean>;
type Steps = readonly (readonly [what: string, reached: Reached])[];

/**
 * The example's life, with faults several times: linked, model fetched, Ready, its URL synced, its run done, deleted, its record UNDEPLOYED, gone with all
 * that was made for it. A model that is told to fail is never Ready, but says why; where pods are the cluster's, they are not waited for.
 *
 * @throws when a step is not reached in its time, or the fetched model is not what was uploaded
 */
export async function runOnce(platform: Platform, options: OnceOptions): Promise<void> {
  const { chaos, interrupted, say } = options;
  const { client, examples } = platform;
  const rounds = chaos ? chaosRounds : 1;
  for (let round = 1; round <= rounds && !interrupted.aborted; round += 1) {
    if (round > 1) for (const example of examples) await platform.apply(example);
    await reach(lifeOf(platform, options.fail), options);
    for (const { kind, metadata } of examples) {
      if (kind !== inferenceServices.kind || interrupted.aborted) continue;
      await client.delete(inferenceServices, metadata);
      say(`deleted      ${kind} ${metadata.name}`);
    }
    await reach(endOf(platform, round), options);
  }
}

async function reach(steps: Steps, { chaos, look, say, interrupted }: OnceOptions): Promise<void> {
  const patienceMs = chaos ? chaosStepMs : stepMs;
  for (const [what, reached] of steps) {
    const deadline = Date.now() + patienceMs;
    while (!interrupted.aborted && !(await reached(await look()))) {
      if (Date.now() > deadline) throw new Error(`${what}: not reached within ${patienceMs / 1000} s`);
      await delay(lookEveryMs);
    }
    if (interrupted.aborted) return;
    say(`reached      ${what}`);
  }
}

function lifeOf(platform: Platform, fail: ModelFailure | undefined): Steps {
  const live = (records: readonly RecordView[]) => records.filter(({ state }) => state === 'DEPLOYED');
  const linked: Steps[number] = ['the example is linked to a record', (records) => live(records).length === 1];
  if (!platform.podsAreOurs) return [linked];
  if (fail !== undefined) {
    const failed = async () => (await served(platform)).every(saysWhatFailed);
    return [linked, ['the InferenceService says what failed', failed]];
  }
  return [
    linked,
    ['its model is fetched', () => hasExampleModel(platform)],
    ['it is Ready with a URL', async () => (await served(platform)).every(isReady)],
    [
      'its URL is in the record',
      async (records) => {
        const [object] = await served(platform);
        return object?.status?.url !== undefined && live(records)[0]?.url === object.status.url;
      },
    ],
    ...runSteps(platform),
  ];
}

/** Runs of the examples end well, and what they wrote is what the model says. @throws when a run has failed */
function runSteps({ client, examples, predictions }: Platform): Steps {
  const runs = examples.filter(({ kind }) => kind === inferenceRuns.kind);
  if (runs.length === 0) return [];
  const succeeded = async () => {
    const found = await Promise.all(runs.map(({ metadata }) => client.get(inferenceRuns, metadata)));
    for (const run of found) {
      if (run?.status?.phase !== 'Failed') continue;
      const { reason = '', message = '' } = run.status.failure ?? {};
      throw new Error(`InferenceRun ${run.metadata.name} has failed: ${reason} ${message}`);
    }
    return found.every((run) => run?.status?.phase === 'Succeeded');
  };
  return [
    ['its run has succeeded', succeeded],
    ['the results of its run are in the table', () => predictions.join(' ') === exampleSpecies],
  ];
}

function endOf(platform: Platform, round: number): Steps {
  return [
    [
      'the record is UNDEPLOYED',
      (records) => records.length === round && records.every(({ state }) => state === 'UNDEPLOYED'),
    ],
    ['the InferenceService is gone', async () => (await served(platform)).length === 0],
    ['everything that was made for it is gone', async () => (await childrenOfExamples(platform)).length === 0],
  ];
}

/** The InferenceServices of the examples that are there. */
async function served({ client, examples }: Platform): Promise<readonly InferenceService[]> {
  const found = examples
    .filter(({ kind }) => kind === inferenceServices.kind)
    .map(({ metadata }) => client.get(inferenceServices, metadata));
  return (await Promise.all(found)).filter((object) => object !== undefined);
}

function isReady({ status }: InferenceService): boolean {
  return status?.url !== undefined && conditionOf(conditionsOf(status), servingConditions.ready)?.status === 'True';
}

function saysWhatFailed({ status }: InferenceService): boolean {
  const found = conditionOf(conditionsOf(status), componentConditions.predictor);
  return found?.status === 'False' && found.message !== undefined && status?.modelStatus?.lastFailureInfo !== undefined;
}

/** Whether the example's model is fetched. @throws when what is there then is not what was uploaded */
async function hasExampleModel(platform: Platform): Promise<boolean> {
  const directories = (await served(platform)).map(({ metadata }) => platform.models.filesOf(metadata));
  for (const directory of directories) {
    if (directory === undefined) return false;
    await expectExampleModel(directory);
  }
  return directories.length > 0;
}

async function childrenOfExamples({ client, examples }: Platform): Promise<readonly string[]> {
  const owners = examples.filter(({ kind }) => kind === inferenceServices.kind);
  return (await Promise.all(owners.map(({ metadata }) => childrenOf(client, metadata)))).flat();
}
