import { switchVariable, textVariable } from '../../general-settings';
import { HttpClient } from '../../http/http-client';
import type { ObjectSource, OpenSource, SourceContext } from '../../source';
import { BucketRequests } from './bucket-requests';
import { CredentialCache } from './credentials/credential-cache';
import { credentialChain } from './credentials/credential-chain';
import { readProfile } from './credentials/profile-files';
import { inspectObject } from './object-inspection';
import { listedFiles } from './object-listing';
import { objectFacts } from './object-facts';
import { parseS3Uri } from './s3-location';
import { s3Settings, type S3Settings } from './s3-settings';
import { trustedCertificates } from './trusted-certificates';

/** Opens a bucket, a folder of it or one object: AWS's, or of any server that speaks S3. */
export const openS3Source: OpenSource = (uri, context): ObjectSource => {
  const { environment, clock, log } = context;
  const location = parseS3Uri(uri);
  const settings = s3Settings(environment, profileRegion(context));
  const http = httpClient(settings, context);
  const credentials = settings.anonymous ? undefined : credentialCache(settings, http, context);
  const requests = new BucketRequests(location.bucket, settings, http, credentials, clock, log);
  const parameters = location.versionId === undefined ? {} : { versionId: location.versionId };
  return {
    protocol: 'S3',
    name: location.name,
    unpacksArchives: true,
    fileConcurrency: settings.fileConcurrency,
    rangeConcurrency: settings.rangeConcurrency,
    attempts: settings.attempts,
    http,
    files: (signal) => listedFiles(location, requests, signal),
    request: ({ name, version }, range) =>
      requests.request({
        method: 'GET',
        key: name,
        parameters,
        headers: {
          'accept-encoding': 'identity',
          // The server has no checksum of a range, and refuses to be asked for one here and there.
          ...(range === undefined
            ? { 'x-amz-checksum-mode': 'ENABLED' }
            : { range: `bytes=${range.start}-${range.end - 1}` }),
          ...(version === undefined ? {} : { 'if-match': version }),
        },
      }),
    facts: (_file, headers) => objectFacts(headers),
    inspect: (file, signal) => inspectObject(file, parameters, requests, signal),
    failure: ({ name }, status, headers, body) => requests.failure(name, status, headers, body),
  };
};

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
