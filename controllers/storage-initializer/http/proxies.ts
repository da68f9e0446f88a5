import { BlockList, isIP } from 'node:net';
import { ConfigError } from '../../../definitions/config/parse-config';
import type { Environment } from '../../component';
import { displayUri } from '../display-uri';

/** Which proxy a request takes. */
export interface Proxies {
  /** @param origin scheme, host and port. @returns the URL of the proxy with its credentials; `undefined`: none */
  for(origin: string): string | undefined;
}

/**
 * The proxies of `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in both cases of letters, lower case first. As Python's
 * requests has them, which KServe's users know: HTTPS never takes the proxy of HTTP, and networks of `NO_PROXY` (`10.0.0.0/8`) match
 * addresses.
 *
 * @throws ConfigError naming the variable, not its value, in which there may be a password
 */
export function proxiesOf(environment: Environment): Proxies {
  const all = proxyVariable('ALL_PROXY', environment);
  const byProtocol: Readonly<Record<string, string | undefined>> = {
    'http:': proxyVariable('HTTP_PROXY', environment) ?? all,
    'https:': proxyVariable('HTTPS_PROXY', environment) ?? all,
  };
  const exceptions = exceptionsOf(variable('NO_PROXY', environment) ?? '');
  return {
    for(origin) {
      const { protocol, hostname, port } = new URL(origin);
      const proxy = byProtocol[protocol];
      if (proxy === undefined) return undefined;
      const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
      const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
      return exceptions.some((matches) => matches(host, number)) ? undefined : proxy;
    },
  };
}

/** A proxy as messages have it. */
export function displayProxy(proxy: string): string {
  return displayUri(proxy).replace(/\/$/, '');
}

function variable(name: string, environment: Environment): string | undefined {
  const text = (environment[name.toLowerCase()] ?? environment[name])?.trim();
  return text === '' ? undefined : text;
}

function proxyVariable(name: string, environment: Environment): string | undefined {
  const text = variable(name, environment);
  if (text === undefined) return undefined;
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url !== null && url.hostname !== '' && ['http:', 'https:'].includes(url.protocol)) return url.href;
  throw new ConfigError('environment', [
    `${name}: expected the URL of an HTTP proxy like http://proxy.example:3128 (its value is not shown, it may have a password)`,
  ]);
}

/** Whether a host is asked without a proxy. */
type Exception = (host: string, port: number) => boolean;

function exceptionsOf(list: string): readonly Exception[] {
  return list.split(/[,\s]+/).flatMap((entry) => (entry === '' ? [] : [exceptionOf(entry.toLowerCase())]));
}

function exceptionOf(entry: string): Exception {
  if (entry === '*') return () => true;
  const [, address = '', bits] = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (bits !== undefined && isIP(address) !== 0) return networkException(address, Number(bits));
  const [, name = entry, port] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(entry) ?? [];
  // `example.com` and `.example.com` mean the domain and everything below, `*.example.com` what is below.
  const domain = name.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  const below = `.${domain}`;
  return (host, asked) =>
    (port === undefined || Number(port) === asked) &&
    ((host === domain && !name.startsWith('*')) || (host.endsWith(below) && isIP(host) === 0));
}

function networkException(address: string, bits: number): Exception {
  const kind = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (bits > (kind === 'ipv6' ? 128 : 32)) return () => false;
  const network = new BlockList();
  network.addSubnet(address, bits, kind);
  return (host) => isIP(host) !== 0 && network.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}
