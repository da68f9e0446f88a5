import type { ItemFormat } from '../../../definitions/inference/storage/input-format';
import type { ResultField } from '../../../definitions/inference/storage/output-format';
import type { FailedItem, ItemResult } from '../item';
import { writeJson, type JsonValue } from '../json';

/** Writes results as the text of a file, piece by piece. */
export interface ResultWriter {
  /** @param first nothing was written before them */
  write(results: readonly ItemResult[], first: boolean): string;
  /** What is at the end of a file. @param empty nothing was written before */
  end(empty: boolean): string;
}

/** Results in a format, each with these fields in this order. */
export function resultWriter(format: ItemFormat, fields: readonly ResultField[]): ResultWriter {
  switch (format) {
    case 'jsonl':
      return { write: (results) => lines(results, (result) => resultJson(result, fields)), end: () => '' };
    case 'json':
      return {
        write: (results, first) =>
          results.map((result, at) => `${first && at === 0 ? '[' : ','}\n${resultJson(result, fields)}`).join(''),
        end: (empty) => (empty ? '[]\n' : '\n]\n'),
      };
    case 'csv':
      return {
        write: (results, first) =>
          (first && results.length > 0 ? `${fields.join(',')}\n` : '') +
          lines(results, (result) => csvRow(result, fields)),
        end: () => '',
      };
    case 'text':
      return { write: (results) => lines(results, textLine), end: () => '' };
  }
}

/** A result as JSON, with these fields in this order; those it has not are left out. */
export function resultJson(result: ItemResult, fields: readonly ResultField[]): string {
  let text = '{';
  for (const field of fields) {
    const value = fieldOf(result, field);
    if (value === undefined) continue;
    text += text === '{' ? `"${field}":` : `,"${field}":`;
    text += writeJson(value);
  }
  return `${text}}`;
}

/** Items without a result, one a line: what they are, and what is wrong with them. */
export function deadLetters(failed: readonly FailedItem[]): string {
  return lines(failed, ({ item, error }) => {
    const { index, id } = item;
    const found = 'value' in item ? { input: item.value } : { text: item.text };
    return writeJson({ index, id, error: { code: error.code, message: error.message }, ...found });
  });
}

function lines<T>(values: readonly T[], line: (value: T) => string): string {
  return values.length === 0 ? '' : `${values.map(line).join('\n')}\n`;
}

function fieldOf({ item, predictions, metadata, raw }: ItemResult, field: ResultField): JsonValue | undefined {
  switch (field) {
    case 'id':
      return item.id;
    case 'input':
      return item.value;
    case 'predictions':
      return predictions;
    case 'metadata':
      return metadata;
    case 'raw':
      return raw;
  }
}

function csvRow(result: ItemResult, fields: readonly ResultField[]): string {
  return fields.map((field) => csvCell(fieldOf(result, field))).join(',');
}

function csvCell(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : writeJson(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Predictions only: text as it is where it is one line, everything else as JSON. */
function textLine({ predictions }: ItemResult): string {
  return typeof predictions === 'string' && !/[\r\n]/.test(predictions) ? predictions : writeJson(predictions);
}
