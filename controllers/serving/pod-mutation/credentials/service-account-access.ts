import type { V1ServiceAccount } from '@kubernetes/client-node';
import type { InferenceServiceConfig } from '../../../../definitions/config/inference-service-config';
import { awsRoleAnnotation } from '../../../../definitions/names/serving';
import type { Access } from '../container-in-pod';
import { PodMutationError } from '../pod-mutation-error';
import type { PodSurroundings } from '../surroundings';
import { s3AccountVariables } from './s3-variables';
import { secretAccess, type SecretAccess } from './secret-access';

/** Whose credentials are looked for. */
export interface AccountOfPod {
  readonly namespace: string;
  /** Of the pod; absent or empty: `default`. */
  readonly serviceAccountName: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

const nothing: Access = { env: [], mounted: [] };

/**
 * What the ServiceAccount of a pod has access to: by its role, and by the Secret that the pod's annotation names, else by those that the
 * account lists. An account that is not there has none. Throws when a Secret that is named is not there.
 */
export async function serviceAccountAccess(
  { namespace, serviceAccountName, annotations }: AccountOfPod,
  settings: InferenceServiceConfig['credentials'],
  surroundings: Pick<PodSurroundings, 'serviceAccount' | 'secret'>,
): Promise<Access> {
  const account = serviceAccountName === undefined || serviceAccountName === '' ? 'default' : serviceAccountName;
  const found = await surroundings.serviceAccount(namespace, account);
  if (found === undefined) return nothing;
  const named = annotations[settings.storageSecretNameAnnotation];
  const names = named === undefined || named === '' ? secretsOf(found) : [named];
  const accesses: SecretAccess[] = [];
  for (const name of names) {
    const secret = await surroundings.secret(namespace, name);
    if (secret === undefined) {
      const by =
        name === named ? `annotation ${settings.storageSecretNameAnnotation} of the pod` : `service account ${account}`;
      throw new PodMutationError(`secret ${namespace}/${name} of ${by} does not exist: create it or name another one`);
    }
    const access = secretAccess(secret, name, settings);
    if (access !== undefined) accesses.push(access);
  }
  return joined([...roleAccess(found, settings), ...lastOfEach(accesses)]);
}

function secretsOf({ secrets = [] }: V1ServiceAccount): readonly string[] {
  return secrets.flatMap(({ name }) => (name === undefined || name === '' ? [] : [name]));
}

function roleAccess(account: V1ServiceAccount, { s3 }: InferenceServiceConfig['credentials']): readonly Access[] {
  if (account.metadata?.annotations?.[awsRoleAnnotation] === undefined) return [];
  return [{ env: s3AccountVariables(account, s3), mounted: [] }];
}

function lastOfEach(accesses: readonly SecretAccess[]): readonly SecretAccess[] {
  return [...new Map(accesses.map((access) => [access.to, access])).values()];
}

function joined(accesses: readonly Access[]): Access {
  return {
    env: accesses.flatMap(({ env }) => env),
    mounted: accesses.flatMap(({ mounted }) => mounted),
  };
}
