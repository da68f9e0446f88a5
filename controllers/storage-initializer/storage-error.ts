import type { StorageProtocol } from '../../definitions/storage/storage-kinds';

/**
 * What kind of failure it is, from which follow the words of the message and whether trying again can help:
 *
 * - `credentials`: nobody, or somebody the storage does not know
 * - `not-found`: no such bucket, object, repository, revision
 * - `denied`: somebody who may not
 * - `connection`: nothing answered, or not to the end
 * - `changed`: the object is another one than when its fetch began
 * - `corrupt`: what arrived is not what was promised: length or checksum
 * - `unsafe`: a name that would leave the destination, an archive that is refused
 * - `disk`: the destination can't be written
 * - `other`: the message says it all
 */
export type StorageFailure =
  'credentials' | 'not-found' | 'denied' | 'connection' | 'changed' | 'corrupt' | 'unsafe' | 'disk' | 'other';

/** A failure that the user is told in one line; its message is KServe's where KServe has one. */
export class StorageError extends Error {
  constructor(
    readonly failure: StorageFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StorageError';
  }

  /** Whether the next try can bring what this one did not. */
  get transient(): boolean {
    return this.failure === 'connection' || this.failure === 'corrupt';
  }
}

/** What to do about refused credentials, by kind of storage: KServe's words. */
const hints: Record<StorageProtocol, string> = {
  S3: 'Set AWS_ACCESS_KEY_ID/AWS_SECRET_ACCESS_KEY or use awsAnonymousCredential=true.',
  GCS: 'Verify GOOGLE_APPLICATION_CREDENTIALS or use anonymous access.',
  Azure: 'Verify AZURE_CLIENT_ID/AZURE_CLIENT_SECRET or AZURE_STORAGE_ACCESS_KEY.',
  HDFS: 'Verify Kerberos keytab and principal configuration.',
  HuggingFace: 'Set HF_TOKEN or request access to the gated repository.',
  ModelScope: 'Set MODELSCOPE_API_TOKEN or log in to ModelScope.',
  OCI: 'Verify the docker config of the pull secret.',
  Git: 'Set GIT_USERNAME/GIT_PASSWORD or use a public repository.',
  HTTP: 'Verify authentication credentials.',
};

/**
 * A failure in KServe's words, with the cause behind them: KServe swallows it, and "Failed to connect" alone has sent many a user to
 * the wrong place.
 *
 * @param name the resource, or for `connection` the endpoint; without secrets
 * @param cause what the storage or the system said, absent when the words say it all
 */
export function storageFailure(
  protocol: StorageProtocol,
  failure: 'credentials' | 'not-found' | 'denied' | 'connection' | 'other',
  name: string,
  cause?: string,
): StorageError {
  const because = cause === undefined || cause === '' ? '' : ` (${cause})`;
  switch (failure) {
    case 'credentials':
      return new StorageError(failure, `${protocol} authentication failed. ${hints[protocol]}${because}`);
    case 'not-found':
      return new StorageError(failure, `${protocol} resource '${name}' not found.${because}`);
    case 'denied':
      return new StorageError(
        failure,
        `Access denied to ${protocol} resource '${name}'. Verify permissions.${because}`,
      );
    case 'connection':
      return new StorageError(failure, `Failed to connect to ${protocol} endpoint '${name}'.${because}`);
    case 'other':
      return new StorageError(failure, `${protocol} error: ${cause ?? name}`);
  }
}

/** Nothing at a URI, or nothing left after the filters: KServe's words. */
export function noModelFound(where: string): StorageError {
  return new StorageError('not-found', `Failed to fetch model. No model found in ${where}.`);
}
