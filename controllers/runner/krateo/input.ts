import { krateoInput, type KrateoInput as InputSettings } from '../../../definitions/inference/storage/krateo';
import type { Input } from '../input';
import type { Item } from '../item';
import { parseJson, writeJson, type JsonValue } from '../json';
import { parseSettings } from '../storage/settings';
import type { Work } from '../work';
import { notebookOf } from './call-address';
import { callFailure, quoted } from './call-failure';
import { isIdempotent } from './call-retry';
import { KrateoClient, type CallAnswer } from './krateo-client';
import { checkNotebook } from './notebook-check';
import { callParameters, inputBody, type Parameters } from './parameters';

/**
 * Rows that a notebook of the database handler, or another server, answers in one piece.
 *
 * @throws RunnerError with exit code 2 for settings or parameters that can't be used
 */
export function createInput(settings: unknown, work: Work): Input {
  const parsed = parseSettings(krateoInput, settings, 'input.krateo');
  const parameters = callParameters('input', parsed.api, work.contract.parameters ?? {}, parsed);
  return new KrateoInput(parsed, parameters, new KrateoClient('input', parsed.api, work));
}

class KrateoInput implements Input {
  readonly kind = 'krateo';
  /** A notebook may select without order, from a table that grows. */
  readonly repeatable = false;
  private bytes = 0;
  private count: number | undefined;

  constructor(
    private readonly settings: InputSettings,
    private readonly parameters: Parameters,
    private readonly client: KrateoClient,
  ) {}

  async *groups(signal: AbortSignal): AsyncIterable<readonly Item[]> {
    const { api, checkNotebook: check } = this.settings;
    if (check) await checkNotebook(this.client, api, signal);
    const { verb: method, path } = api;
    const answer = await this.client.call(
      {
        method,
        path,
        body: inputBody(this.parameters),
        // A notebook that is an input reads, whatever the method: a database that restarts must not fail the run.
        repeat: isIdempotent(method) || notebookOf(path) !== undefined ? 'repeatable' : 'once',
      },
      signal,
    );
    this.bytes = answer.bytes;
    const rows = rowsOf(answer, this.settings.resultField);
    this.count = rows.length;
    for (const [index, row] of rows.entries()) yield [itemOf(index, row)];
  }

  bytesRead(): number {
    return this.bytes;
  }

  async estimate(): Promise<number | undefined> {
    return this.count;
  }

  close(): Promise<void> {
    return this.client.close();
  }
}

/**
 * The rows of an answer. Judged by what is in it, not by its media type: the handler calls JSON text when it is asked in another way,
 * and it calls a crashed notebook's words success.
 *
 * @throws RunnerError with exit code 3
 */
function rowsOf(answer: CallAnswer, field: string): readonly JsonValue[] {
  const { text, place, contentType } = answer;
  if (text.trim() === '')
    throw callFailure(place, 'answered nothing: does the notebook exist, and does it print rows?');
  let document: JsonValue;
  try {
    document = parseJson(text);
  } catch {
    const type = contentType === '' ? '' : ` (${contentType})`;
    throw callFailure(place, `the answer is no JSON${type}, the notebook may have failed: ${quoted(text)}`);
  }
  const rows = memberOf(document, field);
  if (isList(rows)) return rows;
  const error = memberOf(document, 'error');
  const said = error === undefined ? '' : `, and says: ${quoted(typeof error === 'string' ? error : writeJson(error))}`;
  const what = rows === undefined ? `has no ${field}` : `has a ${field} that is no list of rows`;
  throw callFailure(place, `the answer ${what}${said}`);
}

function memberOf(value: JsonValue, name: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || isList(value)) return undefined;
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function itemOf(index: number, row: JsonValue): Item {
  const text = writeJson(row);
  const place = { index, id: String(index), bytes: text.length };
  return isList(row) ? { ...place, value: row } : { ...place, invalid: `row ${index} is no list of cells`, text };
}
