import type { Environment } from '../../../component';
import { textVariable } from '../../general-settings';
import { AccessTokens } from '../../http/access-token';
import type { FileRequest, SourceContext } from '../../source';
import { storageFailure } from '../../storage-error';
import type { AzureLocation } from './azure-uri';
import { clientTokens } from './client-tokens';
import { sharedKeyAuthorization } from './shared-key';

/** Version of the protocol whose behaviour we rely on; names of blobs come as they are. */
const apiVersion = '2020-12-06';

/** How requests say who asks. */
type Credentials =
  | { readonly kind: 'tokens'; readonly tokens: AccessTokens }
  | { readonly kind: 'token'; readonly value: string }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'signature'; readonly signature: string }
  | { readonly kind: 'anonymous' };

/**
 * Signs the requests of one URI. The first that is there counts:
 *
 * 1. a client (`AZURE_CLIENT_ID`, or its old name `AZ_CLIENT_ID`) with its secret, a workload identity or a managed identity
 * 2. `AZURE_ACCESS_TOKEN`
 * 3. `AZURE_STORAGE_ACCESS_KEY`, the account's key
 * 4. the shared access signature in the URI
 * 5. nothing: containers that everybody may read
 *
 * Of file shares only the key, the signature and nothing: tokens open them with other roles than KServe's users have.
 */
export class AzureAuthorization {
  private readonly credentials: Credentials;

  /** @throws ConfigError, StorageError */
  constructor(
    private readonly location: AzureLocation,
    service: 'blob' | 'file',
    private readonly context: SourceContext,
  ) {
    this.credentials = credentialsOf(location, service, context);
  }

  /**
   * A GET with who asks for it.
   *
   * @param headers names in lower case
   * @throws StorageError when there is no token to be had
   */
  async signed(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<FileRequest> {
    const { credentials, location } = this;
    const versioned = {
      ...headers,
      'x-ms-version': apiVersion,
      'x-ms-date': new Date(this.context.clock.now()).toUTCString(),
    };
    switch (credentials.kind) {
      case 'tokens':
        return { url, headers: { ...versioned, authorization: `Bearer ${await credentials.tokens.token(signal)}` } };
      case 'token':
        return { url, headers: { ...versioned, authorization: `Bearer ${credentials.value}` } };
      case 'key': {
        const request = { method: 'GET', url, headers: versioned } as const;
        const authorization = sharedKeyAuthorization(location.account, credentials.key, request);
        return { url, headers: { ...versioned, authorization } };
      }
      case 'signature':
        return { url: `${url}${url.includes('?') ? '&' : '?'}${credentials.signature}`, headers: versioned };
      case 'anonymous':
        return { url, headers: versioned };
    }
  }

  /** Nobody asks. */
  get isAnonymous(): boolean {
    return this.credentials.kind === 'anonymous';
  }

  /** A request was refused with 401. @returns whether another token may be accepted */
  refused(): boolean {
    return this.credentials.kind === 'tokens' && this.credentials.tokens.refused();
  }
}

function credentialsOf(location: AzureLocation, service: 'blob' | 'file', context: SourceContext): Credentials {
  const { environment, clock, log } = context;
  const obtain = service === 'blob' ? clientTokens(context) : undefined;
  if (obtain !== undefined) return { kind: 'tokens', tokens: new AccessTokens(obtain, clock) };
  const token = service === 'blob' ? textVariable(environment, 'AZURE_ACCESS_TOKEN') : undefined;
  if (token !== undefined) return { kind: 'token', value: token };
  const key = accountKey(environment);
  if (key !== undefined) return { kind: 'key', key };
  if (location.signature !== undefined) return { kind: 'signature', signature: location.signature };
  log.info('no credentials for Azure found: its requests are anonymous');
  return { kind: 'anonymous' };
}

function accountKey(environment: Environment): string | undefined {
  const key = textVariable(environment, 'AZURE_STORAGE_ACCESS_KEY')?.trim();
  if (key === undefined || /^[A-Za-z0-9+/]+={0,2}$/.test(key)) return key;
  // Node would take what it can read of it, and the storage would refuse a signature that nobody understands.
  throw storageFailure('Azure', 'credentials', '', 'AZURE_STORAGE_ACCESS_KEY is not Base64');
}
