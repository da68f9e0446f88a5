import type { V1Secret } from '@kubernetes/client-node';
import { type ApiResource, apiVersionOf } from '../../definitions/kubernetes/api-resource';
import type { Stored } from '../../definitions/kubernetes/core-resources';
import type { ApiConnection } from '../runtime/api-connection';
import { ApiError } from '../runtime/api-error';
import { objectName, objectPath, queryString } from '../runtime/api-path';

const secrets: ApiResource<Stored<V1Secret>> = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  scope: 'Namespaced',
};

/** Which Secret. */
export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Keys of one Secret, added by server-side apply and never changed.
 *
 * Guarantees: a key that anybody owns is left as it is, because nothing is ever forced; the Secret is made when it is not there.
 * Nothing of the Secret is read.
 *
 * Caveat: a key without an owner in managedFields would be overwritten. The API server gives every field one; only who edits
 * managedFields by hand takes it away from a single one.
 */
export class SecretKeys {
  /**
   * @param fieldManager nobody else's, and of no earlier attempt: what a manager applies again under its own name, it overwrites
   */
  constructor(
    private readonly connection: ApiConnection,
    private readonly secret: SecretName,
    private readonly fieldManager: string,
  ) {}

  /**
   * Whether the Secret has the key: applying another value is then a conflict. Nothing is stored.
   *
   * @param otherValue one that the key can't have
   * @throws ApiError when the key is not there and the API server would refuse it, too
   */
  async has(key: string, otherValue: string, signal: AbortSignal): Promise<boolean> {
    const applied = await this.apply({ [key]: otherValue }, { dryRun: true, signal });
    return !applied;
  }

  /** Adds keys, all of them or none. @returns false when one of them is there already */
  async add(values: Readonly<Record<string, string>>, signal: AbortSignal): Promise<boolean> {
    return this.apply(values, { dryRun: false, signal });
  }

  /** @returns false for a conflict */
  private async apply(
    values: Readonly<Record<string, string>>,
    { dryRun, signal }: { readonly dryRun: boolean; readonly signal: AbortSignal },
  ): Promise<boolean> {
    const { connection, secret, fieldManager } = this;
    const query = queryString({ fieldManager, force: false, dryRun: dryRun ? 'All' : undefined });
    // Not stringData: it has owners of its own, and goes over what is in data.
    const data = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
    try {
      await connection.send({
        method: 'PATCH',
        path: objectPath(secrets, secret) + query,
        operation: `applying ${objectName(secrets, secret)}`,
        contentType: 'application/apply-patch+yaml',
        body: {
          apiVersion: apiVersionOf(secrets),
          kind: secrets.kind,
          metadata: { namespace: secret.namespace, name: secret.name },
          data: Object.fromEntries(data) as Record<string, string>,
        },
        signal,
      });
      return true;
    } catch (error) {
      if (isApplyConflict(error)) return false;
      throw error;
    }
  }
}

/**
 * A field belongs to somebody else. Other conflicts (two writers in one moment, a quota that is being counted) say nothing about keys and
 * have the same status and reason: only the message tells them apart.
 */
function isApplyConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409 && error.message.includes('Apply failed with');
}
