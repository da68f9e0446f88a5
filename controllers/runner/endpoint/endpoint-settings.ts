import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { endpointKeys, type EndpointKey } from '../../../definitions/names/krateo';
import { causeText } from '../../runtime/cause-text';
import type { SecretValues } from './secret-values';

/** Who we are at a server. At most one of them: two would contradict each other. */
export type Authentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'header'; readonly authorization: string }
  | {
      readonly kind: 'aws';
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly region: string;
      readonly service: string;
    };

/** What an endpoint Secret says. */
export interface EndpointSettings {
  /** Without slash at its end, and without user info. */
  readonly url: string;
  readonly proxyUrl?: string;
  readonly authentication: Authentication;
  /** PEM certificates; nothing else is trusted then. */
  readonly ca?: readonly string[];
  readonly identity?: { readonly cert: string; readonly key: string };
  readonly insecure: boolean;
  /** Log requests and answers. */
  readonly debug: boolean;
}

/** A value that means nothing; names the key, never the value. */
export class EndpointProblem extends Error {}

/** @throws EndpointProblem */
export function endpointSettings(values: SecretValues): EndpointSettings {
  const { url, userInfo } = serverUrl(values);
  const proxyUrl = proxyOf(values);
  const ca = authorities(values);
  const identity = clientIdentity(values);
  return {
    url,
    authentication: authenticationOf(values, userInfo),
    insecure: booleanOf(values, endpointKeys.insecure),
    debug: booleanOf(values, endpointKeys.debug),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
    ...(ca === undefined ? {} : { ca }),
    ...(identity === undefined ? {} : { identity }),
  };
}

/** Files end with a line break, and so do values that people encode by hand. */
function trimmed(values: SecretValues, key: EndpointKey): string | undefined {
  const text = values[key]?.trim();
  return text === '' ? undefined : text;
}

interface UserInfo {
  readonly username: string;
  readonly password: string;
}

function serverUrl(values: SecretValues): { readonly url: string; readonly userInfo: UserInfo | undefined } {
  const text = trimmed(values, endpointKeys.serverUrl);
  if (text === undefined)
    throw new EndpointProblem(`missed required attribute for endpoint: ${endpointKeys.serverUrl}`);
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new EndpointProblem(`${endpointKeys.serverUrl}: expected a URL with http:// or https://`);
  }
  const { username, password } = url;
  const userInfo =
    password === '' ? undefined : { username: percentDecoded(username), password: percentDecoded(password) };
  url.username = '';
  url.password = '';
  url.hash = '';
  return { url: url.href.replace(/\/+$/, ''), userInfo };
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new EndpointProblem(`${endpointKeys.serverUrl}: its user info is not percent-encoded`);
  }
}

function proxyOf(values: SecretValues): string | undefined {
  const text = trimmed(values, endpointKeys.proxyUrl);
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url !== null && url.hostname !== '' && ['http:', 'https:', 'socks5:'].includes(url.protocol)) return url.href;
  throw new EndpointProblem(`${endpointKeys.proxyUrl}: expected a URL with http://, https:// or socks5://`);
}

/** Each way to authenticate, by the keys that make it one. */
function authenticationOf(values: SecretValues, userInfo: UserInfo | undefined): Authentication {
  const { token: tokenKey, username: usernameKey, password: passwordKey } = endpointKeys;
  const token = trimmed(values, tokenKey);
  const password = values[passwordKey] ?? '';
  const ways: { readonly name: string; readonly authentication: Authentication }[] = [];
  if (token !== undefined) {
    if (!/^[\x21-\x7e]+$/.test(token))
      throw new EndpointProblem(`${tokenKey}: has characters that no header can carry`);
    ways.push({ name: tokenKey, authentication: { kind: 'header', authorization: `Bearer ${token}` } });
  }
  if (password !== '') {
    ways.push({ name: passwordKey, authentication: basic({ username: values[usernameKey] ?? '', password }) });
  } else if (userInfo !== undefined) {
    ways.push({ name: `the password in ${endpointKeys.serverUrl}`, authentication: basic(userInfo) });
  }
  const aws = awsAuthentication(values);
  if (aws !== undefined) ways.push({ name: endpointKeys.awsSecretKey, authentication: aws });
  const [first, second] = ways;
  if (first !== undefined && second !== undefined) {
    throw new EndpointProblem(
      `${first.name} and ${second.name} are both set: leave one way to authenticate, bearer, basic or AWS`,
    );
  }
  return first?.authentication ?? { kind: 'none' };
}

function basic({ username, password }: UserInfo): Authentication {
  return { kind: 'header', authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

function awsAuthentication(values: SecretValues): Authentication | undefined {
  const { awsAccessKey, awsSecretKey, awsRegion, awsService } = endpointKeys;
  const all = [awsAccessKey, awsSecretKey, awsRegion, awsService];
  if (trimmed(values, awsAccessKey) === undefined && trimmed(values, awsSecretKey) === undefined) return undefined;
  const required = (key: EndpointKey): string => {
    const value = trimmed(values, key);
    if (value === undefined) throw new EndpointProblem(`${key} is missing: AWS signatures need ${all.join(', ')}`);
    return value;
  };
  return {
    kind: 'aws',
    accessKeyId: required(awsAccessKey),
    secretAccessKey: required(awsSecretKey),
    region: required(awsRegion),
    service: required(awsService),
  };
}

function authorities(values: SecretValues): readonly string[] | undefined {
  const key = endpointKeys.certificateAuthority;
  const pem = pemOf(values, key);
  if (pem === undefined) return undefined;
  const certificates = pem.match(
    /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]*-----END (?:TRUSTED )?CERTIFICATE-----/g,
  );
  if (certificates === null) throw new EndpointProblem(`${key}: has no certificate in PEM form`);
  for (const certificate of certificates) checked(key, () => new X509Certificate(certificate));
  return certificates;
}

function clientIdentity(values: SecretValues): EndpointSettings['identity'] {
  const { clientCertificate, clientKey } = endpointKeys;
  const [cert, key] = [pemOf(values, clientCertificate), pemOf(values, clientKey)];
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined)
    throw new EndpointProblem(`${clientKey} is set without ${clientCertificate}: both are needed`);
  if (key === undefined) throw new EndpointProblem(`${clientCertificate} is set without ${clientKey}: both are needed`);
  checked(clientCertificate, () => new X509Certificate(cert));
  checked(clientKey, () => createPrivateKey(key));
  checked(`${clientCertificate} and ${clientKey}`, () => createSecureContext({ cert, key }));
  return { cert, key };
}

/** PEM text, in base64 as Krateo writes it, or as it is. */
function pemOf(values: SecretValues, key: EndpointKey): string | undefined {
  const text = trimmed(values, key);
  if (text === undefined || text.startsWith('-----BEGIN')) return text;
  const pem = Buffer.from(text, 'base64').toString('utf8');
  if (!pem.includes('-----BEGIN')) throw new EndpointProblem(`${key}: expected base64 of PEM text`);
  return pem;
}

function checked(name: string, use: () => unknown): void {
  try {
    use();
  } catch (error) {
    throw new EndpointProblem(`${name}: ${causeText(error)}`, { cause: error });
  }
}

const trueWords = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const falseWords = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** As Go parses booleans. */
function booleanOf(values: SecretValues, key: EndpointKey): boolean {
  const text = trimmed(values, key);
  if (text === undefined || falseWords.has(text)) return false;
  if (trueWords.has(text)) return true;
  throw new EndpointProblem(`${key}: expected a boolean: ${[...trueWords, ...falseWords].join(', ')}`);
}
