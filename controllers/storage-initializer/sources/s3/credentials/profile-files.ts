import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { causeText } from '../../../../runtime/cause-text';
import type { Environment } from '../../../../component';
import { textVariable } from '../../../general-settings';
import { credentialsFailure } from './aws-credentials';

/** Settings of one profile, by name in lower case. */
export type AwsProfile = ReadonlyMap<string, string>;

/** The profile that `AWS_PROFILE` names, or `default`. */
export function profileName(environment: Environment): string {
  return textVariable(environment, 'AWS_PROFILE') ?? textVariable(environment, 'AWS_DEFAULT_PROFILE') ?? 'default';
}

/**
 * The profile of the shared files: `AWS_SHARED_CREDENTIALS_FILE` (`~/.aws/credentials`) before `AWS_CONFIG_FILE` (`~/.aws/config`).
 * Read anew each time: what renews keys writes them there.
 *
 * @returns `undefined` when no file has it
 * @throws StorageError when somebody named a profile that no file has, and when a file can't be read
 */
export function readProfile(environment: Environment): AwsProfile | undefined {
  const name = profileName(environment);
  const credentials = file(environment, 'AWS_SHARED_CREDENTIALS_FILE', 'credentials');
  const config = file(environment, 'AWS_CONFIG_FILE', 'config');
  const sections = [
    parseProfiles(readOptional(config)).get(name === 'default' ? 'default' : `profile ${name}`),
    name === 'default' ? parseProfiles(readOptional(config)).get('profile default') : undefined,
    parseProfiles(readOptional(credentials)).get(name),
  ];
  const found = sections.filter((section) => section !== undefined);
  if (found.length > 0) return new Map(found.flatMap((section) => [...section]));
  if (name === 'default') return undefined;
  throw credentialsFailure(`profile ${name} is neither in ${credentials} nor in ${config}`);
}

/** Sections of a file of AWS by name. Indented lines belong to the setting before them, none of which we use. */
export function parseProfiles(text: string): ReadonlyMap<string, AwsProfile> {
  const profiles = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, heading] = /^\[\s*([^\]]*?)\s*\]/.exec(line) ?? [];
    if (heading !== undefined) {
      const name = heading.replace(/\s+/g, ' ');
      section = profiles.get(name) ?? new Map<string, string>();
      profiles.set(name, section);
      continue;
    }
    const [, key, value] = /^([^#;\s=][^=]*?)\s*=\s*(.*?)(?:\s[#;].*)?$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) section?.set(key.toLowerCase(), value.trim());
  }
  return profiles;
}

function file(environment: Environment, variable: string, name: string): string {
  return textVariable(environment, variable) ?? join(environment['HOME'] ?? '/', '.aws', name);
}

/** Text of a file, empty when there is none. */
function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isNativeError(error) && ['ENOENT', 'ENOTDIR'].includes(String(Reflect.get(error, 'code')))) return '';
    throw credentialsFailure(`reading ${path}: ${causeText(error)}`);
  }
}
