import type { HttpClientOptions } from '../../../http/http-client';
import { HttpClient } from '../../../http/http-client';
import type { CredentialProvider } from './aws-credentials';
import { containerCredentials } from './container-credentials';
import { environmentCredentials } from './environment-credentials';
import { instanceCredentials } from './instance-metadata';
import { profileCredentials } from './profile-credentials';
import { assumeRoleWith, webIdentityCredentials } from './web-identity';

export interface CredentialChainOptions extends Pick<HttpClientOptions, 'environment' | 'clock' | 'random'> {
  readonly region: string | undefined;
  /** Requests to AWS's token service: certificates are verified. */
  readonly http: HttpClient;
}

/** Milliseconds: an agent on the node answers at once, and where there is none every pod without credentials waits for this. */
const agentTimeoutMs = 1000;

/** The places of the AWS SDKs in their order; the first that has credentials is it. */
export function credentialChain({
  environment,
  clock,
  random,
  region,
  http,
}: CredentialChainOptions): CredentialProvider {
  const assumeRole = assumeRoleWith(http, environment, region);
  let agents: HttpClient | undefined;
  const chain = [
    () => environmentCredentials(environment),
    () => webIdentityCredentials(environment, assumeRole),
    () => profileCredentials(environment, assumeRole),
    // An agent on the node is behind no proxy. The container's agent may be busy while it asks AWS itself: more than one try.
    () => containerCredentials(environment, agentClient()),
    () => instanceCredentials(environment, agentClient()),
  ];
  const agentClient = () =>
    (agents ??= new HttpClient({
      environment: { no_proxy: '*' },
      clock,
      random,
      connectTimeoutMs: agentTimeoutMs,
      readTimeoutMs: 2 * agentTimeoutMs,
      attempts: 3,
    }));
  return async (signal) => {
    for (const provider of chain) {
      const credentials = await provider()(signal);
      if (credentials !== undefined) return credentials;
    }
    return undefined;
  };
}
