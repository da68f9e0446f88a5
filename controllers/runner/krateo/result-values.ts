import { writeJson, type JsonValue } from '../json';

/**
 * What a model said about one item as the flat list of values that upstream's runners store, each as JSON text: nested lists are taken
 * apart, of several outputs the first one counts.
 */
export function resultValues(predictions: JsonValue): readonly string[] {
  const values: string[] = [];
  collect(predictions, values);
  return values;
}

function collect(value: JsonValue, values: string[]): void {
  if (Array.isArray(value)) {
    for (const each of value as readonly JsonValue[]) collect(each, values);
  } else if (typeof value === 'object' && value !== null) {
    const [first] = Object.values(value as Readonly<Record<string, JsonValue>>);
    if (first !== undefined) collect(first, values);
  } else {
    values.push(writeJson(value));
  }
}

/** Consecutive values of one call. */
export interface ResultChunk {
  /** Which value of the run the first one is, from 0. */
  readonly offset: number;
  /** JSON text of the list. */
  readonly predictions: string;
}

/**
 * Cuts values into lists of at most so many bytes of JSON.
 *
 * @returns nothing for no values; a value that is too long alone is alone in its list
 */
export function resultChunks(values: readonly string[], maxBytes: number): readonly ResultChunk[] {
  const chunks: ResultChunk[] = [];
  let first = 0;
  let bytes = listBytes(0, 0);
  const end = (next: number) => {
    if (next > first) chunks.push({ offset: first, predictions: `[${values.slice(first, next).join(',')}]` });
    first = next;
    bytes = listBytes(0, 0);
  };
  values.forEach((value, index) => {
    const more = Buffer.byteLength(value) + (index === first ? 0 : 1);
    if (index > first && bytes + more > maxBytes) {
      end(index);
      bytes += Buffer.byteLength(value);
    } else {
      bytes += more;
    }
  });
  end(values.length);
  return chunks;
}

/** Bytes of a JSON list. @param valueBytes of all its values together */
export function listBytes(count: number, valueBytes: number): number {
  return 2 + valueBytes + Math.max(0, count - 1);
}
