import type { ItemFormat } from '../../../../definitions/inference/storage/input-format';
import type { ResultField } from '../../../../definitions/inference/storage/output-format';
import { resultJson, resultWriter } from '../../formats/result-writer';
import type { ItemResult } from '../../item';

const contentTypes: Readonly<Record<ItemFormat, string>> = {
  jsonl: 'application/x-ndjson',
  json: 'application/json',
  csv: 'text/csv',
  text: 'text/plain; charset=utf-8',
};

/** What a request is about. */
export interface BodyFacts {
  readonly executionId: string;
  readonly first: number;
  readonly last: number;
}

/** Body of a request with results, and what it is. */
export function requestBody(
  results: readonly ItemResult[],
  facts: BodyFacts,
  { format, include, bodyTemplate }: BodyOptions,
): { readonly text: string; readonly contentType: string } {
  if (bodyTemplate === undefined) {
    const writer = resultWriter(format, include);
    return { text: writer.write(results, true) + writer.end(results.length === 0), contentType: contentTypes[format] };
  }
  const items = `[${results.map((result) => resultJson(result, include)).join(',')}]`;
  const values: Readonly<Record<string, string>> = {
    executionId: facts.executionId,
    first: String(facts.first),
    last: String(facts.last),
    count: String(results.length),
  };
  const text = bodyTemplate.replace(/"\{\{items\}\}"|\{\{(\w+)\}\}/g, (written, name?: string) =>
    name === undefined || name === 'items' ? items : (values[name] ?? written),
  );
  return { text, contentType: contentTypes.json };
}

export interface BodyOptions {
  readonly format: ItemFormat;
  readonly include: readonly ResultField[];
  readonly bodyTemplate: string | undefined;
}
