import type { V1EnvVar, V1Secret } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../../definitions/config/inference-service-config';
import { volumeNames } from '../../../../definitions/names/serving';
import type { Access } from '../container-in-pod';
import { PodMutationError } from '../pod-mutation-error';
import { s3SecretVariables } from './s3-variables';
import { entryOf, hasEntry, variableFromSecret } from './secret-data';

/** What a Secret gives access to. */
export interface SecretAccess extends Access {
  /** Of several Secrets for the same, the last one counts, with all it says: credentials are not mixed. */
  readonly to: string;
}

const gcpDirectory = '/var/secrets/';
const hdfsDirectory = '/var/secrets/kserve-hdfscreds';

const azureIdentityKeys = ['AZ_CLIENT_ID', 'AZURE_CLIENT_ID', 'AZURE_ACCESS_TOKEN'];
const azureStorageKey = 'AZURE_STORAGE_ACCESS_KEY';
const azureTenant = 'AZURE_TENANT_ID';

/** Variables of Azure in their order; the first four are also found under their older name, `AZ_`. */
const azureVariables = [
  'AZURE_SUBSCRIPTION_ID',
  azureTenant,
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  azureStorageKey,
  'AZURE_ACCESS_TOKEN',
  'AZURE_ACCESS_EXPIRES_ON_SECONDS',
  'AZURE_ACCOUNT_NAME',
  'AZURE_SERVICE_URL',
];
const withOlderName = azureVariables.slice(0, 4);

/** Entry with the host that header fields are for, and the one with the fields. */
const httpsHost = 'https-host';
const httpsHeaders = 'headers';

/** Tokens that are handed on by their name. */
const tokens = ['HF_TOKEN', 'MODELSCOPE_API_TOKEN'];

/** What a Secret is for is recognised by its keys, the first match counts; `undefined` when it is for no storage. */
export function secretAccess(
  secret: V1Secret,
  name: string,
  { s3, gcs }: Pick<InferenceServiceConfig['credentials'], 's3' | 'gcs'>,
): SecretAccess | undefined {
  if (hasEntry(secret, s3.s3SecretAccessKeyName)) return variables('s3', s3SecretVariables(secret, name, s3));
  if (hasEntry(secret, gcs.gcsCredentialFileName)) return gcpAccess(name, gcs.gcsCredentialFileName);
  if (azureIdentityKeys.some((key) => hasEntry(secret, key))) {
    return variables('azure', azureIdentityVariables(secret, name));
  }
  if (hasEntry(secret, azureStorageKey)) {
    return variables('azure', [variableFromSecret(azureStorageKey, name, azureStorageKey)]);
  }
  if (hasEntry(secret, httpsHost)) return httpsAccess(secret, name);
  if (hasEntry(secret, 'HDFS_NAMENODE')) return mounted('hdfs', volumeNames.hdfsSecrets, name, hdfsDirectory);
  const token = tokens.find((key) => hasEntry(secret, key));
  return token === undefined ? undefined : variables(token, [variableFromSecret(token, name, token)]);
}

function variables(to: string, env: readonly V1EnvVar[]): SecretAccess {
  return { to, env, mounted: [] };
}

function mounted(to: string, volume: string, secretName: string, mountPath: string): SecretAccess {
  return { to, env: [], mounted: [{ volume: { name: volume, secret: { secretName } }, mountPath }] };
}

function gcpAccess(secret: string, file: string): SecretAccess {
  const access = mounted('gcs', volumeNames.gcpServiceAccount, secret, gcpDirectory);
  return { ...access, env: [{ name: 'GOOGLE_APPLICATION_CREDENTIALS', value: `${gcpDirectory}${file}` }] };
}

function azureIdentityVariables(secret: V1Secret, name: string): readonly V1EnvVar[] {
  return azureVariables.flatMap((variable) => {
    const older = variable.replace('AZURE_', 'AZ_');
    const key = withOlderName.includes(variable) && hasEntry(secret, older) ? older : variable;
    return hasEntry(secret, key) || variable === azureTenant ? [variableFromSecret(variable, name, key)] : [];
  });
}

/** Header fields may hold a token: the pod refers to them, where upstream copies them. */
function httpsAccess(secret: V1Secret, name: string): SecretAccess | undefined {
  if (!hasEntry(secret, httpsHeaders)) return undefined;
  const host = (entryOf(secret, httpsHost) ?? '').trim();
  if (!/^[a-z0-9._:[\]-]+$/i.test(host)) {
    throw new PodMutationError(`secret ${name}: entry ${httpsHost} is not the name of a host`);
  }
  return variables(`https ${host}`, [variableFromSecret(`${host}-headers`, name, httpsHeaders)]);
}
