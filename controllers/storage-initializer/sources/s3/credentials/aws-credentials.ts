import { storageFailure, type StorageError } from '../../../storage-error';
import type { SigningKeys } from '../request-signature';

/** Keys with where they are from and how long they last. */
export interface AwsCredentials extends SigningKeys {
  /** Milliseconds since the epoch; absent: nobody said. */
  readonly expiresAt?: number;
  /** For the log: `the environment`, `role arn:aws:iam::1:role/x`. */
  readonly origin: string;
}

/**
 * One place where credentials may be. `undefined`: there is nothing of the kind, the next is asked. Throws a StorageError when there is
 * something and it does not work: somebody has meant it, and silence would hide why.
 */
export type CredentialProvider = (signal: AbortSignal) => Promise<AwsCredentials | undefined>;

/** Credentials that are there and don't work. */
export function credentialsFailure(cause: string): StorageError {
  return storageFailure('S3', 'credentials', '', cause);
}
