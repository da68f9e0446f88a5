import type { V1Secret } from '@kubernetes/client-node';
import { secrets, type Stored } from '../../../definitions/kubernetes/core-resources';
import { ApiError } from '../api-error';
import { causeText } from '../cause-text';
import type { KubernetesClient } from '../client';
import type { Logger } from '../log';
import { readCertificateSet, secretDataOf, type CertificateSet } from './certificate-set';

/** What is kept now; without a set: nothing, or nothing that can be read. */
export interface KeptCertificates {
  readonly set?: CertificateSet;
  /** Absent: there is none. */
  readonly secret?: Stored<V1Secret>;
}

export interface CertificateSecretOptions {
  readonly client: KubernetesClient;
  readonly namespace: string;
  readonly name: string;
  readonly fieldManager: string;
  readonly log: Logger;
}

/**
 * The Secret that keeps the certificates which all replicas share.
 *
 * Guarantee: of several replicas that write at once one succeeds; a write changes what was read, or nothing.
 *
 * Errors are those of the client.
 */
export class CertificateSecret {
  constructor(private readonly options: CertificateSecretOptions) {}

  async read(signal: AbortSignal): Promise<KeptCertificates> {
    const { client, namespace, name, log } = this.options;
    const secret = await client.get(secrets, { namespace, name }, { signal });
    if (secret === undefined) return {};
    // Made beforehand by a chart, to be filled.
    if (Object.keys(secret.data ?? {}).length === 0) return { secret };
    try {
      return { set: readCertificateSet(secret.data ?? {}), secret };
    } catch (error) {
      log.error(
        { namespace, name, cause: causeText(error) },
        'Secret with certificates of webhooks is broken: mending',
      );
      return { secret };
    }
  }

  /**
   * Keeps a set in place of what was read.
   *
   * @returns false when somebody else was faster: read again
   */
  async write(set: CertificateSet, { secret }: KeptCertificates, signal: AbortSignal): Promise<boolean> {
    const { client, namespace, name, fieldManager } = this.options;
    const data = secretDataOf(set);
    try {
      if (secret === undefined) {
        await client.create(secrets, { metadata: { namespace, name }, data }, { fieldManager, signal });
      } else {
        await client.update(secrets, { ...secret, data }, { fieldManager, signal });
      }
      return true;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 409 || error.isNotFound)) return false;
      throw error;
    }
  }
}
