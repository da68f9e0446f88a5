import type { Environment } from '../../../component';
import { AccessTokens } from '../../http/access-token';
import { textVariable } from '../../general-settings';
import type { SourceContext } from '../../source';
import { gcsEndpoint } from './gcs-address';
import { credentialsFile, type CredentialsFile } from './credentials-file';
import { fileTokens } from './file-tokens';
import { metadataTokens } from './metadata-server';

/** Who we are at Google: Application Default Credentials. */
interface Identity {
  readonly tokens: AccessTokens;
  /** Project that pays for the requests. */
  readonly quotaProject?: string;
}

/**
 * Application Default Credentials, in the order of Google's libraries: `GOOGLE_APPLICATION_CREDENTIALS`, the file that `gcloud` leaves, the
 * metadata server of the node; none of them: anonymous requests. They are looked for when the first request is made.
 */
export class GcsAuthorization {
  private identity: Promise<Identity | undefined> | undefined;
  private tokens: AccessTokens | undefined;

  constructor(private readonly context: SourceContext) {}

  /** Header fields that say who asks. @throws StorageError when credentials are there and bring no token */
  async headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    this.identity ??= this.find(signal);
    const identity = await this.identity;
    if (identity === undefined) return {};
    this.tokens = identity.tokens;
    const { quotaProject } = identity;
    return {
      authorization: `Bearer ${await identity.tokens.token(signal)}`,
      ...(quotaProject === undefined ? {} : { 'x-goog-user-project': quotaProject }),
    };
  }

  /** A request was refused with 401. @returns whether another token may be accepted */
  refused(): boolean {
    return this.tokens?.refused() ?? false;
  }

  private async find(signal: AbortSignal): Promise<Identity | undefined> {
    const { environment, http, clock, log } = this.context;
    if (gcsEndpoint(environment).isEmulator) return undefined;
    const file = await credentialsFile(environment);
    if (file !== undefined) {
      const tokens = new AccessTokens(fileTokens(file, { http, clock }), clock);
      return { tokens, ...quotaProjectOf(environment, file) };
    }
    const obtain = await metadataTokens(this.context, signal);
    if (obtain !== undefined) return { tokens: new AccessTokens(obtain, clock) };
    log.info('no credentials for Google Cloud found: its requests are anonymous');
    return undefined;
  }
}

function quotaProjectOf(environment: Environment, file: CredentialsFile): { readonly quotaProject?: string } {
  const quotaProject = textVariable(environment, 'GOOGLE_CLOUD_QUOTA_PROJECT') ?? file.quota_project_id;
  return quotaProject === undefined ? {} : { quotaProject };
}
