import { switchVariable, textVariable } from '../../general-settings';
import { HttpClient } from '../../http/http-client';
import type { SourceContext } from '../../source';
import { BucketRequests } from './bucket-requests';
import { CredentialCache } from './credentials/credential-cache';
import { credentialChain } from './credentials/credential-chain';
import { readProfile } from './credentials/profile-files';
import { s3Settings, type S3Settings } from './s3-settings';
import { trustedCertificates } from './trusted-certificates';

/** A bucket, and the way to it. */
export interface Bucket {
  readonly requests: BucketRequests;
  readonly settings: S3Settings;
  /** With time-outs and trust of its own. */
  readonly http: HttpClient;
}

/**
 * Opens a bucket with the settings and credentials of the environment: AWS's, or of any server that speaks S3.
 *
 * @throws ConfigError for a wrong variable
 */
export function openBucket(bucket: string, context: SourceContext): Bucket {
  const { environment, clock, log } = context;
  const settings = s3Settings(environment, profileRegion(context));
  const http = httpClient(settings, context);
  const credentials = settings.anonymous ? undefined : credentialCache(settings, http, context);
  return { requests: new BucketRequests(bucket, settings, http, credentials, clock, log), settings, http };
}

/** With time-outs and trust of its own. */
function httpClient(settings: S3Settings, { environment, clock, random }: SourceContext): HttpClient {
  const { connectTimeoutMs, readTimeoutMs, attempts, verifyTls } = settings;
  // Without verification nobody asks whether the file is there.
  const ca = verifyTls ? trustedCertificates(environment) : undefined;
  return new HttpClient({
    ...{ environment, clock, random, connectTimeoutMs, readTimeoutMs, attempts },
    ...(ca === undefined ? {} : { ca }),
    insecure: !verifyTls,
  });
}

function credentialCache(settings: S3Settings, http: HttpClient, context: SourceContext): CredentialCache {
  const { environment, clock, random, log } = context;
  const { region, verifyTls } = settings;
  // A bucket's certificate may be whose it wants; a token that is worth a role is shown to nobody unknown.
  const chain = credentialChain({ environment, clock, random, region, http: verifyTls ? http : context.http });
  return new CredentialCache(chain, clock, log);
}

/** Region of the profile, which counts when no variable has one. */
function profileRegion({ environment }: SourceContext): string | undefined {
  const isKnown = ['AWS_REGION', 'AWS_DEFAULT_REGION'].some((name) => textVariable(environment, name) !== undefined);
  if (isKnown || switchVariable(environment, 'awsAnonymousCredential')) return undefined;
  return readProfile(environment)?.get('region');
}
