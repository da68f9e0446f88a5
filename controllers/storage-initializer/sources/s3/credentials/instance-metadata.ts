import * as z from 'zod';
import type { Environment } from '../../../../component';
import { switchVariable, textVariable } from '../../../general-settings';
import { isSuccess, type HttpClient, type TextAnswer } from '../../../http/http-client';
import { credentialsFailure, type CredentialProvider } from './aws-credentials';
import { metadataCredentials } from './metadata-answer';

/** Seconds for which the metadata service shall know us. */
const tokenSeconds = '21600';
const rolesPath = '/latest/meta-data/iam/security-credentials/';

/**
 * Credentials of the EC2 instance (IMDSv2). Nobody there, or an instance without role: none. Last in the chain, since it takes a time-out
 * to find out where there is no such service.
 *
 * @param http requests that go through no proxy, with short time-outs
 */
export function instanceCredentials(environment: Environment, http: HttpClient): CredentialProvider {
  return async (signal) => {
    if (switchVariable(environment, 'AWS_EC2_METADATA_DISABLED')) return undefined;
    const base = endpointOf(environment);
    const ask = async (method: 'GET' | 'PUT', path: string, headers: Record<string, string>) =>
      found(await silent(http.send({ url: base + path, method, headers }, signal, 1), signal));
    const token = await ask('PUT', '/latest/api/token', { 'x-aws-ec2-metadata-token-ttl-seconds': tokenSeconds });
    if (token === undefined) return undefined;
    const headers = { 'x-aws-ec2-metadata-token': token.trim() };
    const roles = await ask('GET', rolesPath, headers);
    const role = z
      .string()
      .regex(/^[\w+=,.@-]{1,128}$/)
      .safeParse(roles?.split('\n')[0]?.trim());
    if (!role.success) return undefined;
    const asked = `asking the instance metadata for credentials of ${role.data}`;
    const json = await ask('GET', rolesPath + role.data, headers);
    if (json === undefined) throw credentialsFailure(`${asked}: no answer`);
    return metadataCredentials(json, asked, `the instance's role ${role.data}`);
  };
}

function endpointOf(environment: Environment): string {
  const told = textVariable(environment, 'AWS_EC2_METADATA_SERVICE_ENDPOINT');
  if (told !== undefined) return told.replace(/\/+$/, '');
  const isIpv6 = textVariable(environment, 'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE')?.toLowerCase() === 'ipv6';
  return isIpv6 ? 'http://[fd00:ec2::254]' : 'http://169.254.169.254';
}

function found(answer: TextAnswer | undefined): string | undefined {
  return answer !== undefined && isSuccess(answer.status) ? answer.body : undefined;
}

/** Nobody answers on most machines: that is no error. */
async function silent<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}
