import { isIP } from 'node:net';

/** A registry address that can't be used; the message says which and why. */
export class AddressError extends Error {
  constructor(address: string, problem: string) {
    super(`registry address ${JSON.stringify(address)} ${problem}`);
    this.name = 'AddressError';
  }
}

/**
 * Base URL from what a person wrote: trimmed, `https://` put before a bare host, path prefix kept, trailing slashes
 * dropped. Query and fragment have no meaning in a base URL and are refused, as are user names (they would end up in
 * logs).
 *
 * @param trustedHosts `host` or `host:port` that may be loopback or link-local
 * @throws AddressError
 */
export function normaliseAddress(written: string, trustedHosts: readonly string[]): string {
  const address = written.trim();
  const url = parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `https://${address}`);
  if (url === undefined) throw new AddressError(written, 'is not a URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new AddressError(written, `has scheme ${url.protocol.slice(0, -1)}, allowed: http, https`);
  }
  if (url.username !== '' || url.password !== '')
    throw new AddressError(redact(url), 'must not contain user information');
  if (url.search !== '' || url.hash !== '') throw new AddressError(written, 'must not contain a query or a fragment');
  if (isLocal(url.hostname) && !isTrusted(url.origin, trustedHosts)) {
    throw new AddressError(written, `is a loopback or link-local address and ${url.host} is not a trusted host`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** Whether the operator listed the URL's host, with or without its port. */
export function isTrusted(address: string, trustedHosts: readonly string[]): boolean {
  const url = parse(address);
  return url !== undefined && (trustedHosts.includes(url.host) || trustedHosts.includes(url.hostname));
}

function parse(address: string): URL | undefined {
  return URL.canParse(address) ? new URL(address) : undefined;
}

function redact(url: URL): string {
  return `${url.protocol}//…@${url.host}${url.pathname}`;
}

/** Addresses that point at the controller's own pod or node: the metadata services of clouds are link-local. */
function isLocal(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  if (isIP(host) === 4) return /^(127\.|169\.254\.|0\.)/.test(host);
  if (isIP(host) === 6)
    return host === '::1' || host === '::' || /^fe[89ab]/.test(host) || /^::ffff:(7f|a9fe|0:)/.test(host);
  return false;
}
