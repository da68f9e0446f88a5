import * as z from 'zod';
import { ConfigError } from '../../definitions/config/parse-config';
import type { Environment } from '../component';
import type { FileFilters } from './filters';

/** The patterns of `STORAGE_ALLOW_PATTERNS` and `STORAGE_IGNORE_PATTERNS`. @throws ConfigError */
export function fileFilters(environment: Environment): FileFilters {
  return {
    allow: patternList('STORAGE_ALLOW_PATTERNS', environment),
    ignore: patternList('STORAGE_IGNORE_PATTERNS', environment),
  };
}

/** A JSON array, or a list separated by commas. */
function patternList(name: string, environment: Environment): readonly string[] {
  const text = environment[name]?.trim() ?? '';
  if (!text.startsWith('[')) {
    return text.split(',').flatMap((pattern) => (pattern.trim() === '' ? [] : [pattern.trim()]));
  }
  const parsed = z.array(z.string()).safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new ConfigError('environment', [
    `${name}: got ${text}, expected a JSON array of strings or a list with commas`,
  ]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Text of a variable; empty counts as unset. */
export function textVariable(environment: Environment, name: string): string | undefined {
  const text = environment[name];
  return text === undefined || text === '' ? undefined : text;
}

/** A whole number in a variable. @throws ConfigError naming variable, value and range */
export function numberVariable(
  environment: Environment,
  name: string,
  { otherwise, least, most }: { readonly otherwise: number; readonly least: number; readonly most: number },
): number {
  const text = textVariable(environment, name);
  if (text === undefined) return otherwise;
  const value = /^\d{1,12}$/.test(text.trim()) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new ConfigError('environment', [
    `${name}: got ${JSON.stringify(text)}, expected a whole number from ${least} to ${most}`,
  ]);
}

/** A switch as Python's tools have it: `1`, `true`, `yes`, `on` in any case of letters are on, everything else is off. */
export function switchVariable(environment: Environment, name: string): boolean {
  return ['1', 'true', 'yes', 'on'].includes((environment[name] ?? '').trim().toLowerCase());
}
