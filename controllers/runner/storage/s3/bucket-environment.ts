import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes } from '../../../../definitions/inference/runner-report';
import type { BucketSettings } from '../../../../definitions/inference/storage/s3';
import { credentialsDirectory, runnerVariables } from '../../../../definitions/names/inference';
import type { Environment } from '../../../component';
import { causeText } from '../../../runtime/cause-text';
import { RunnerError } from '../../runner-error';

/** Names of the keys in a Secret: AWS's, and those of KServe's Secrets. */
const secretKeys = {
  AWS_ACCESS_KEY_ID: ['AWS_ACCESS_KEY_ID', 'awsAccessKeyID'],
  AWS_SECRET_ACCESS_KEY: ['AWS_SECRET_ACCESS_KEY', 'awsSecretAccessKey'],
  AWS_SESSION_TOKEN: ['AWS_SESSION_TOKEN', 'awsSessionToken'],
} as const;

/** Tries of a request: with their waits ten seconds, in which most stores are back. A new pod takes as long. */
const attempts = '6';

/** Key of the authorities in a Secret. */
const authoritiesKey = 'ca.crt';

/**
 * Variables of the process with those that settings and Secrets stand for: what opens a bucket reads settings from variables, as AWS's
 * programs do.
 *
 * @throws RunnerError with exit code 7 that names the Secret and what is missing
 */
export function bucketEnvironment(settings: BucketSettings, environment: Environment): Environment {
  const { region, endpoint, forcePathStyle, anonymous = false, credentialsRef, caRef } = settings;
  const directory = environment[runnerVariables.credentialsDirectory] ?? credentialsDirectory;
  return {
    S3_MAX_ATTEMPTS: attempts,
    ...environment,
    ...(region === undefined ? {} : { AWS_REGION: region }),
    ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL_S3: endpoint }),
    ...(forcePathStyle === undefined ? {} : { S3_USER_VIRTUAL_BUCKET: forcePathStyle ? '0' : '1' }),
    ...(anonymous ? { awsAnonymousCredential: 'true' } : {}),
    ...(credentialsRef === undefined ? {} : secretVariables(directory, credentialsRef.name)),
    ...(caRef === undefined ? {} : { AWS_CA_BUNDLE: authoritiesFile(directory, caRef.name) }),
  };
}

function secretVariables(directory: string, name: string): Environment {
  const path = join(directory, name);
  const present = new Set(secretFiles(path, name));
  const value = (names: readonly string[]): string | undefined => {
    const file = names.find((each) => present.has(each));
    return file === undefined ? undefined : readSecretFile(join(path, file), name).trim();
  };
  const variables = {
    AWS_ACCESS_KEY_ID: value(secretKeys.AWS_ACCESS_KEY_ID),
    AWS_SECRET_ACCESS_KEY: value(secretKeys.AWS_SECRET_ACCESS_KEY),
    // That of the environment is not of these keys.
    AWS_SESSION_TOKEN: value(secretKeys.AWS_SESSION_TOKEN),
  };
  for (const key of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const) {
    if (variables[key] === undefined || variables[key] === '') {
      throw unusable(name, `has no ${secretKeys[key].join(' and no ')}`);
    }
  }
  return variables;
}

function authoritiesFile(directory: string, name: string): string {
  const path = join(directory, name);
  if (!secretFiles(path, name).includes(authoritiesKey)) throw unusable(name, `has no ${authoritiesKey}`);
  return join(path, authoritiesKey);
}

function secretFiles(path: string, name: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    throw unusable(name, `is not mounted at ${path}: ${causeText(error)}`);
  }
}

function readSecretFile(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(name, `can't be read: ${causeText(error)}`);
  }
}

function unusable(name: string, problem: string): RunnerError {
  return new RunnerError(exitCodes.endpoint, 'CREDENTIALS', `credentials Secret ${name} ${problem}`);
}
