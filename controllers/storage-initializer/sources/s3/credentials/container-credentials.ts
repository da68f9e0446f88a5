import { readFile } from 'node:fs/promises';
import { causeText } from '../../../../runtime/cause-text';
import type { Environment } from '../../../../component';
import { displayUri } from '../../../display-uri';
import { textVariable } from '../../../general-settings';
import { isSuccess, type HttpClient } from '../../../http/http-client';
import { credentialsFailure, type CredentialProvider } from './aws-credentials';
import { metadataCredentials } from './metadata-answer';

/** Agents that may be asked without TLS: ECS's, EKS's pod identity agent, and those of this pod. */
const plainHosts: ReadonlySet<string> = new Set([
  '169.254.170.2',
  '169.254.170.23',
  '[fd00:ec2::23]',
  'localhost',
  '[::1]',
]);

/**
 * Credentials of the agent that EKS pod identity (or ECS) puts beside the container: `AWS_CONTAINER_CREDENTIALS_FULL_URI` or
 * `..._RELATIVE_URI`, with the token of `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`.
 *
 * @param http requests that go through no proxy
 */
export function containerCredentials(environment: Environment, http: HttpClient): CredentialProvider {
  return async (signal) => {
    const url = credentialsUrl(environment);
    if (url === undefined) return undefined;
    const asked = `asking ${displayUri(url)} for credentials`;
    const authorization = await authorizationOf(environment);
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await http.send({ url, headers }, signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      throw credentialsFailure(`${asked}: ${causeText(error)}`);
    });
    if (!isSuccess(answer.status)) throw credentialsFailure(`${asked}: it answered ${answer.status}`);
    return metadataCredentials(answer.body, asked, 'the container');
  };
}

/** Throws StorageError for a host that would see the token without TLS. */
function credentialsUrl(environment: Environment): string | undefined {
  const path = textVariable(environment, 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
  if (path !== undefined) return `http://169.254.170.2${path.startsWith('/') ? '' : '/'}${path}`;
  const text = textVariable(environment, 'AWS_CONTAINER_CREDENTIALS_FULL_URI');
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  const isLoopback = url !== null && /^127\.\d+\.\d+\.\d+$/.test(url.hostname);
  const isPlain = url?.protocol === 'http:' && (isLoopback || plainHosts.has(url.hostname));
  if (url === null || (url.protocol !== 'https:' && !isPlain)) {
    throw credentialsFailure(
      `AWS_CONTAINER_CREDENTIALS_FULL_URI is ${displayUri(text)}: expected https, or http to the agent of this node`,
    );
  }
  return url.href;
}

/** The file wins, and is read anew each time: EKS replaces the token. */
async function authorizationOf(environment: Environment): Promise<string | undefined> {
  const file = textVariable(environment, 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  if (file === undefined) return textVariable(environment, 'AWS_CONTAINER_AUTHORIZATION_TOKEN')?.trim();
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw credentialsFailure(`reading AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: ${causeText(error)}`);
  }
}
