import { krateoOutput, type KrateoOutput as OutputSettings } from '../../../definitions/inference/storage/krateo';
import { runnerVariables } from '../../../definitions/names/inference';
import type { EarlierWork, FinishedBatch, Output } from '../output';
import { RunnerError } from '../runner-error';
import { parseSettings } from '../storage/settings';
import type { Work } from '../work';
import { callFailure, quoted } from './call-failure';
import { isIdempotent } from './call-retry';
import { KrateoClient, type CallAnswer } from './krateo-client';
import { checkNotebook } from './notebook-check';
import { callParameters, outputBody, type Parameters, type ResultIdentity } from './parameters';
import { listBytes, resultChunks, resultValues, type ResultChunk } from './result-values';
import { failureOf } from './side';

/**
 * Results handed to a notebook of the database handler, or another server, in one call at the end, or in several where the notebook
 * takes an offset.
 *
 * @throws RunnerError with exit code 2 for settings or parameters that can't be used
 */
export function createOutput(settings: unknown, work: Work): Output {
  const parsed = parseSettings(krateoOutput, settings, 'output.krateo');
  const parameters = callParameters('output', parsed.api, work.contract.parameters ?? {}, parsed);
  return new KrateoOutput(
    parsed,
    parameters,
    identityOf(work, parsed),
    new KrateoClient('output', parsed.api, work),
    work,
  );
}

/** Upstream's key is the pod, which is another one in every try; the Job's UID lets a second try meet the rows of the first. */
function identityOf({ contract, environment, executionId }: Work, { executionIdIn }: OutputSettings): ResultIdentity {
  return {
    jobUid: contract.jobId ?? '',
    podUid:
      executionIdIn === 'pod_uid'
        ? (environment[runnerVariables.jobUid] ?? executionId)
        : (environment[runnerVariables.podUid] ?? ''),
  };
}

/** Values of a batch, as JSON texts. */
interface BatchValues {
  readonly first: number;
  readonly values: readonly string[];
}

class KrateoOutput implements Output {
  readonly kind = 'krateo';
  readonly location: string;
  private readonly batches: BatchValues[] = [];
  private count = 0;
  private valueBytes = 0;
  private bytes = 0;

  constructor(
    private readonly settings: OutputSettings,
    private readonly parameters: Parameters,
    private readonly identity: ResultIdentity,
    private readonly client: KrateoClient,
    private readonly work: Work,
  ) {
    const { endpointRef, path } = settings.api;
    this.location = `${endpointRef.namespace}/${endpointRef.name}${path.startsWith('/') ? '' : '/'}${path.replace(/[?#].*$/s, '')}`;
  }

  /** Looks for the notebook before the model is asked: results that nobody takes are lost. */
  async open(signal: AbortSignal): Promise<EarlierWork> {
    if (this.settings.checkNotebook) await checkNotebook(this.client, this.settings.api, signal);
    return { done: [], failed: 0 };
  }

  async write({ first, results, failed }: FinishedBatch): Promise<void> {
    const values = results.flatMap(({ predictions }) => resultValues(predictions));
    this.batches.push({ first, values });
    this.count += values.length;
    for (const value of values) this.valueBytes += Buffer.byteLength(value);
    this.checkSize();
    for (const { item, error } of failed) {
      this.work.log.warn(
        { item: item.index, code: error.code },
        'Item has no result, those after it move up in the table',
      );
    }
  }

  /** The handler remembers nothing that a next attempt could ask for. */
  async save(): Promise<undefined> {
    return undefined;
  }

  async commit(_totals: unknown, signal: AbortSignal): Promise<void> {
    const values = this.batches.toSorted((one, other) => one.first - other.first).flatMap((batch) => batch.values);
    const { maxPredictionsBytes } = this.settings;
    for (const chunk of resultChunks(values, this.chunked ? maxPredictionsBytes : Infinity)) {
      await this.send(chunk, signal);
    }
  }

  bytesWritten(): number {
    return this.bytes;
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private get chunked(): boolean {
    return this.settings.chunking.offsetParameter !== undefined;
  }

  /** As soon as it is known: more inferences would be for nothing. @throws RunnerError with exit code 5 */
  private checkSize(): void {
    const { maxPredictionsBytes } = this.settings;
    const size = listBytes(this.count, this.valueBytes);
    if (this.chunked || size <= maxPredictionsBytes) return;
    throw this.failure(
      `predictions have ${size} bytes or more, a notebook takes at most ${maxPredictionsBytes}: nothing was sent; ` +
        'set chunking.offsetParameter for a notebook that knows an offset, or use another output',
    );
  }

  private async send({ offset, predictions }: ResultChunk, signal: AbortSignal): Promise<void> {
    const { api, chunking, executionIdIn, successBody, maxPredictionsBytes } = this.settings;
    const size = Buffer.byteLength(predictions);
    if (size > maxPredictionsBytes) {
      throw this.failure(`one prediction has ${size - 2} bytes, a notebook takes at most ${maxPredictionsBytes - 2}`);
    }
    const { offsetParameter } = chunking;
    const position: Parameters = offsetParameter === undefined ? {} : { [offsetParameter]: String(offset) };
    const body = outputBody(this.parameters, this.identity, predictions, position);
    const answer = await this.client.call(
      {
        method: api.verb,
        path: api.path,
        body,
        // A second insertion is a second copy, unless both carry the same identity.
        repeat: isIdempotent(api.verb) || executionIdIn === 'pod_uid' ? 'repeatable' : 'once',
      },
      signal,
    );
    if (successBody === 'emptyOrJson') assertTaken(answer);
    this.bytes += Buffer.byteLength(body);
  }

  private failure(message: string): RunnerError {
    const { exitCode, code } = failureOf.output;
    return new RunnerError(exitCode, code, `output.krateo: ${message}`);
  }
}

/**
 * The handler answers 200 when a notebook crashes, with its traceback, so that only nothing, and JSON without `error`, mean success.
 *
 * @throws RunnerError with exit code 5
 */
function assertTaken({ text, place }: CallAnswer): void {
  if (text.trim() === '') return;
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw callFailure(place, `the notebook did not store the results, it says: ${quoted(text)}`);
  }
  if (typeof answer === 'object' && answer !== null && 'error' in answer) {
    throw callFailure(place, `the results were refused: ${quoted(text)}`);
  }
}
