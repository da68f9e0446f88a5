import * as z from 'zod';
import { ConfigError } from '../../definitions/config/parse-config';
import type { Environment } from '../component';
import { textVariable } from './general-settings';

/** The storage specification: an entry of KServe's storage secret, with what the InferenceService changes of it. */
export type StorageSpec = Readonly<Record<string, string>>;

/** Members of a specification of type `s3`, and the variables they stand for. */
const s3Variables: Readonly<Record<string, string>> = {
  endpoint_url: 'AWS_ENDPOINT_URL',
  access_key_id: 'AWS_ACCESS_KEY_ID',
  secret_access_key: 'AWS_SECRET_ACCESS_KEY',
  region: 'AWS_DEFAULT_REGION',
  ca_bundle: 'AWS_CA_BUNDLE',
  verify_ssl: 'S3_VERIFY_SSL',
  anonymous: 'awsAnonymousCredential',
};

/** Members that are Base64: files, not texts. */
const binaryMembers: ReadonlySet<string> = new Set(['KERBEROS_KEYTAB', 'TLS_CERT', 'TLS_KEY', 'TLS_CA']);

/** What a specification brings. */
export interface StorageSpecSettings {
  /** Variables; they come before those of the pod. */
  readonly variables: Readonly<Record<string, string>>;
  /** Files of the secret directory of HDFS; absent for other types. */
  readonly files?: Readonly<Record<string, Buffer>>;
}

/** `STORAGE_CONFIG`, with what `STORAGE_OVERRIDE_CONFIG` changes. @throws ConfigError that does not show the values */
export function storageSpec(environment: Environment): StorageSpec | undefined {
  const config = jsonVariable(environment, 'STORAGE_CONFIG');
  const override = jsonVariable(environment, 'STORAGE_OVERRIDE_CONFIG');
  return config === undefined && override === undefined ? undefined : { ...config, ...override };
}

/** What a specification means for the sources. @throws ConfigError naming the member that can't be used */
export function storageSpecSettings(spec: StorageSpec): StorageSpecSettings {
  const { type } = spec;
  if (type === 's3') {
    const entries = Object.entries(s3Variables).flatMap(([member, variable]) => {
      const value = spec[member];
      return value === undefined || value === '' ? [] : [[variable, value]];
    });
    return { variables: Object.fromEntries(entries) as Record<string, string> };
  }
  if (type === 'hdfs' || type === 'webhdfs') {
    const files = Object.entries(spec).map(([member, value]) => [fileName(member), content(member, value)]);
    return { variables: {}, files: Object.fromEntries(files) as Record<string, Buffer> };
  }
  return { variables: {} };
}

/** JSON of a secret: an error shows where it is and never what is in it. */
function jsonVariable(environment: Environment, name: string): Record<string, string> | undefined {
  const text = textVariable(environment, name);
  if (text === undefined) return undefined;
  const parsed = members.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new ConfigError('environment', [`${name}: expected a JSON object of texts, numbers and switches`]);
}

/** Values as Python writes them: the secrets are written for programs in Python, which do not care for the case of letters here. */
const members = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean()]).transform((value) => {
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    return String(value);
  }),
);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fileName(member: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}$/.test(member)) return member;
  throw new ConfigError('STORAGE_CONFIG', [`member ${JSON.stringify(member)}: expected letters, digits, _ . and -`]);
}

function content(member: string, value: string): Buffer {
  if (!binaryMembers.has(member)) return Buffer.from(value, 'utf8');
  const bare = value.replace(/\s/g, '');
  if (bare.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(bare)) return Buffer.from(bare, 'base64');
  throw new ConfigError('STORAGE_CONFIG', [`member ${member}: expected Base64`]);
}
