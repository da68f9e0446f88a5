import { exitCodes } from '../../../definitions/inference/runner-report';
import { causeText } from '../../runtime/cause-text';
import type { Bytes } from '../formats/compression';
import { ItemNumbering } from '../formats/item-numbering';
import { readItems, type ItemSettings } from '../formats/read-items';
import type { JsonPath } from '../json-path';
import type { Input } from '../input';
import type { Item } from '../item';
import { RunnerError } from '../runner-error';

/** A file, an object, an answer: something with items in it. */
export interface InputFile {
  /** For messages, and its extension for the format. */
  readonly name: string;
  /** Its bytes, from the beginning. Errors are the kind's own, worded. */
  open(signal: AbortSignal): Bytes;
  /** It was read to its end. */
  finished?(items: number): void;
}

export interface FilesInputOptions {
  readonly kind: string;
  readonly repeatable: boolean;
  readonly settings: ItemSettings & { readonly idPath: JsonPath | undefined };
  /** In their order, which is the same each time where the input is repeatable. */
  files(signal: AbortSignal): AsyncIterable<InputFile>;
  close?(): Promise<void>;
}

/** An input that reads one file after the other. */
export class FilesInput implements Input {
  readonly kind: string;
  readonly repeatable: boolean;
  private bytes = 0;

  constructor(private readonly options: FilesInputOptions) {
    this.kind = options.kind;
    this.repeatable = options.repeatable;
  }

  async *groups(signal: AbortSignal): AsyncGenerator<readonly Item[]> {
    const { settings } = this.options;
    const numbering = new ItemNumbering(settings.idPath);
    for await (const file of this.options.files(signal)) {
      try {
        let count = 0;
        for await (const group of readItems(file.name, this.counted(file.open(signal), signal), settings, numbering)) {
          count += group.length;
          yield group;
        }
        file.finished?.(count);
      } catch (error) {
        throw signal.aborted ? error : readFailure(this.kind, file.name, error);
      }
    }
  }

  bytesRead(): number {
    return this.bytes;
  }

  async close(): Promise<void> {
    await this.options.close?.();
  }

  private async *counted(bytes: Bytes, signal: AbortSignal): AsyncGenerator<Buffer> {
    for await (const piece of bytes) {
      signal.throwIfAborted();
      this.bytes += piece.length;
      yield piece;
    }
  }
}

/** What can't be read. @returns RunnerError with exit code 3, those that are one already as they are */
export function readFailure(kind: string, name: string, error: unknown): RunnerError {
  if (error instanceof RunnerError) return error;
  const message = `reading ${kind} input ${name}: ${causeText(error)}`;
  return new RunnerError(exitCodes.input, 'STORAGE_READ', message, { cause: error });
}
