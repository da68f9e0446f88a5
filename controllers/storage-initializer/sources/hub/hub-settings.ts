import { ConfigError } from '../../../../definitions/config/parse-config';
import { displayUri } from '../../display-uri';

/**
 * Base URL of a hub, without a slash at the end.
 *
 * @param variable where it comes from, for the message
 * @throws ConfigError for what is no URL of HTTP, and for one with user info: undici would send it nowhere, and logs would have it
 */
export function hubEndpoint(variable: string, text: string): string {
  const url = URL.parse(text.trim());
  const usable =
    url !== null && ['http:', 'https:'].includes(url.protocol) && `${url.username}${url.password}${url.search}` === '';
  if (usable) return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  throw new ConfigError('environment', [
    `${variable}: got ${JSON.stringify(displayUri(text))}, expected an http or https URL without user info and query`,
  ]);
}

/**
 * A token as it goes into a header field. Secrets are often made from files, with the line break at their end.
 *
 * @returns `undefined` for an empty one
 * @throws ConfigError, without the value, for characters that no token has
 */
export function hubToken(variable: string, text: string | undefined): string | undefined {
  const token = (text ?? '').trim();
  if (token === '') return undefined;
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new ConfigError('environment', [
    `${variable}: has characters that no token has, such as a space or a line break`,
  ]);
}
