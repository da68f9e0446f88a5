import type * as z from 'zod';
import { ConfigError, parseConfig } from '../../../definitions/config/parse-config';
import { exitCodes } from '../../../definitions/inference/runner-report';
import type { InputFormat } from '../../../definitions/inference/storage/input-format';
import type { ItemSettings } from '../formats/read-items';
import { parseJsonPath, type JsonPath } from '../json-path';
import { RunnerError } from '../runner-error';

/** Which settings: `input.pvc`, as the Contract has them. */
export type SettingsPlace = `${'input' | 'output'}.${string}`;

/**
 * Settings of a kind as the Contract has them.
 *
 * @throws RunnerError with exit code 2 that names each setting, what it is and what it may be
 */
export function parseSettings<Schema extends z.ZodType>(
  schema: Schema,
  settings: unknown,
  place: SettingsPlace,
): z.output<Schema> {
  try {
    return parseConfig(schema, settings, place);
  } catch (error) {
    if (error instanceof ConfigError) throw badSettings(place, error.problems.join('; '));
    throw error;
  }
}

/** Settings that can't be used. @param problem names the setting, its value and what it may be */
export function badSettings(place: SettingsPlace, problem: string): RunnerError {
  const code = place.startsWith('input') ? 'STORAGE_READ' : 'STORAGE_WRITE';
  return new RunnerError(exitCodes.contract, code, `contract ${place}: ${problem}`);
}

/** What the settings say about items. @throws RunnerError with exit code 2 */
export function itemSettings(
  { format, compression, csv, items, idField }: InputFormat,
  place: SettingsPlace,
): ItemSettings & { readonly idPath: JsonPath | undefined } {
  return {
    ...(format === undefined ? {} : { format }),
    ...(compression === undefined ? {} : { compression }),
    ...(csv === undefined ? {} : { csv }),
    itemsPath: pathOf(items, 'items', place),
    idPath: pathOf(idField, 'idField', place),
  };
}

/** A JSONPath of the settings. @throws RunnerError with exit code 2 */
export function pathOf(text: string | undefined, name: string, place: SettingsPlace): JsonPath | undefined {
  if (text === undefined) return undefined;
  const path = parseJsonPath(text);
  if (path !== undefined) return path;
  throw badSettings(place, `${name}: got ${JSON.stringify(text)}, expected a JSONPath to one place, such as $.a.b[0]`);
}
