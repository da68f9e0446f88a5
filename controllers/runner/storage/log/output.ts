import { exitCodes } from '../../../../definitions/inference/runner-report';
import { logOutput } from '../../../../definitions/inference/storage/log';
import { causeText } from '../../../runtime/cause-text';
import { deadLetters, resultWriter, type ResultWriter } from '../../formats/result-writer';
import type { EarlierWork, FinishedBatch, Output } from '../../output';
import { RunnerError } from '../../runner-error';
import type { Work } from '../../work';
import { defaultFields } from '../parts/parts-settings';
import { parseSettings } from '../settings';

/** Takes text, and says when it has. */
export type WriteText = (text: string) => Promise<void>;

const standardOutput: WriteText = (text) =>
  new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });

/** Results in the log of the pod: for a first look, not for keeping. @throws RunnerError with exit code 2 */
export async function createOutput(settings: unknown, work: Work, write = standardOutput): Promise<Output> {
  const {
    maxItems = 100,
    format = 'jsonl',
    include = defaultFields,
  } = parseSettings(logOutput, settings, 'output.log');
  const inherits = work.execution.errors.deadLetter === 'inherit';
  return new LogOutput(resultWriter(format, include), maxItems, inherits, write);
}

/** Writes the first results, and as many of the first dead letters, to standard output. */
class LogOutput implements Output {
  readonly kind = 'log';
  readonly location = 'standard output';
  private bytes = 0;
  private results = 0;
  private failed = 0;

  constructor(
    private readonly writer: ResultWriter,
    private readonly maxItems: number,
    private readonly writesFailed: boolean,
    private readonly writeText: WriteText,
  ) {}

  async open(): Promise<EarlierWork> {
    return { done: [], failed: 0 };
  }

  async write({ results, failed }: FinishedBatch): Promise<void> {
    const shown = results.slice(0, this.maxItems - this.results);
    const letters = this.writesFailed ? failed.slice(0, this.maxItems - this.failed) : [];
    const text = this.writer.write(shown, this.results === 0) + deadLetters(letters);
    this.results += shown.length;
    this.failed += letters.length;
    if (text !== '') await this.put(text);
  }

  async save(): Promise<undefined> {
    return undefined;
  }

  async commit(): Promise<void> {
    const text = this.writer.end(this.results === 0);
    if (text !== '') await this.put(text);
  }

  bytesWritten(): number {
    return this.bytes;
  }

  async close(): Promise<void> {}

  private async put(text: string): Promise<void> {
    this.bytes += Buffer.byteLength(text);
    try {
      await this.writeText(text);
    } catch (error) {
      const message = `writing results to standard output: ${causeText(error)}`;
      throw new RunnerError(exitCodes.output, 'STORAGE_WRITE', message, { cause: error });
    }
  }
}
