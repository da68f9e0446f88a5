import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { causeText } from '../../../../runtime/cause-text';
import type { Environment } from '../../../../component';
import { displayUri } from '../../../display-uri';
import { textVariable } from '../../../general-settings';
import { isSuccess, type HttpClient } from '../../../http/http-client';
import { once, xmlValues } from '../../../http/xml-answer';
import { storageFailure } from '../../../storage-error';
import { awsDomain } from '../bucket-address';
import { credentialsFailure, type AwsCredentials, type CredentialProvider } from './aws-credentials';

/** A role, and the file with the token that says who wants it. */
export interface WebIdentity {
  readonly role: string;
  readonly tokenFile: string;
  /** Names the session in AWS's audit log. */
  readonly sessionName?: string;
}

/** Credentials of a role from AWS's token service. */
export type AssumeRole = (identity: WebIdentity, signal: AbortSignal) => Promise<AwsCredentials>;

const answerSchema = z.object({
  AssumeRoleWithWebIdentityResponse: once(
    z.object({
      AssumeRoleWithWebIdentityResult: once(
        z.object({
          Credentials: once(
            z.object({
              AccessKeyId: once(z.string().min(1)),
              SecretAccessKey: once(z.string().min(1)),
              SessionToken: once(z.string().min(1)),
              Expiration: once(z.iso.datetime()),
            }),
          ),
        }),
      ),
    }),
  ),
});

const errorSchema = z.object({
  ErrorResponse: once(z.object({ Error: once(z.object({ Code: once(z.string()), Message: once(z.string()) })) })),
});

/** `AWS_ROLE_ARN` and `AWS_WEB_IDENTITY_TOKEN_FILE`, which EKS sets for a service account with a role. */
export function webIdentityCredentials(environment: Environment, assumeRole: AssumeRole): CredentialProvider {
  return async (signal) => {
    const role = textVariable(environment, 'AWS_ROLE_ARN');
    const tokenFile = textVariable(environment, 'AWS_WEB_IDENTITY_TOKEN_FILE');
    if (role === undefined || tokenFile === undefined) return undefined;
    const sessionName = textVariable(environment, 'AWS_ROLE_SESSION_NAME');
    return assumeRole({ role, tokenFile, ...(sessionName === undefined ? {} : { sessionName }) }, signal);
  };
}

/**
 * Asks AWS's token service: in the region, or where `AWS_ENDPOINT_URL_STS` says. Not at `AWS_ENDPOINT_URL`: KServe sets that for S3. The
 * token is in the body, URLs end in logs; it is read anew each time, the kubelet replaces it every hour.
 */
export function assumeRoleWith(http: HttpClient, environment: Environment, region: string | undefined): AssumeRole {
  const endpoint = textVariable(environment, 'AWS_ENDPOINT_URL_STS') ?? stsEndpoint(environment, region);
  return async ({ role, tokenFile, sessionName = 'slipway-storage-initializer' }, signal) => {
    const what = `assuming role ${role} with the token of ${tokenFile}`;
    const token = await readFile(tokenFile, 'utf8').catch((error: unknown) => {
      throw credentialsFailure(`${what}: ${causeText(error)}`);
    });
    const answer = await http
      .send(
        {
          url: endpoint.replace(/\/*$/, '/'),
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/xml' },
          body: new URLSearchParams({
            Action: 'AssumeRoleWithWebIdentity',
            Version: '2011-06-15',
            RoleArn: role,
            RoleSessionName: sessionName,
            WebIdentityToken: token.trim(),
          }).toString(),
        },
        signal,
      )
      .catch((error: unknown) => {
        if (signal.aborted) throw error;
        throw storageFailure('S3', 'connection', displayUri(endpoint), `${what}: ${causeText(error)}`);
      });
    const told = elements(isSuccess(answer.status) ? answer.body : '');
    const parsed = answerSchema.safeParse(told);
    if (!parsed.success) throw credentialsFailure(`${what}: ${refusalText(answer.status, answer.body)}`);
    const { Credentials } = parsed.data.AssumeRoleWithWebIdentityResponse.AssumeRoleWithWebIdentityResult;
    return {
      accessKeyId: Credentials.AccessKeyId,
      secretAccessKey: Credentials.SecretAccessKey,
      sessionToken: Credentials.SessionToken,
      expiresAt: Date.parse(Credentials.Expiration),
      origin: `role ${role}`,
    };
  };
}

function stsEndpoint(environment: Environment, region: string | undefined): string {
  const isLegacy = textVariable(environment, 'AWS_STS_REGIONAL_ENDPOINTS')?.toLowerCase() === 'legacy';
  return region === undefined || isLegacy ? 'https://sts.amazonaws.com' : `https://sts.${region}.${awsDomain(region)}`;
}

/** Never the body as it is: it may be of a proxy that shows what it was sent. */
function refusalText(status: number, body: string): string {
  const parsed = errorSchema.safeParse(elements(body));
  if (!parsed.success) return `the token service answered ${status}, and no credentials`;
  const { Code, Message } = parsed.data.ErrorResponse.Error;
  return `${Code}: ${Message}`;
}

function elements(body: string): unknown {
  try {
    return xmlValues(body);
  } catch {
    return undefined;
  }
}
