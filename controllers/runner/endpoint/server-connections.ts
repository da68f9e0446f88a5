import { createSecureContext } from 'node:tls';
import { Socks5ProxyAgent, type Dispatcher } from 'undici';
import type { Environment } from '../../component';
import { Connections, type ConnectionSettings } from '../../storage-initializer/http/connections';
import type { EndpointSettings } from './endpoint-settings';

/** Connections to the server of an endpoint. */
export interface ServerConnections {
  to(origin: string): Dispatcher;
  close(): Promise<void>;
}

/**
 * Connections with the TLS settings of a Secret, through its proxy, else through that of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.
 * Authorities, client certificate and `insecure` count independently of each other.
 *
 * @throws ConfigError for variables that name no proxy
 */
export function serverConnections(
  { proxyUrl, ca, identity, insecure }: EndpointSettings,
  connectSeconds: number,
  environment: Environment,
): ServerConnections {
  const connectTimeoutMs = connectSeconds * 1000;
  const tls = { insecure, ca, ...(identity === undefined ? {} : { identity }) };
  if (proxyUrl?.startsWith('socks5:') === true) return throughSocks(proxyUrl, connectTimeoutMs, tls);
  // The Secret's proxy is for everything that goes to its server, as one of the environment without exceptions is.
  const proxies: Environment = proxyUrl === undefined ? environment : { ALL_PROXY: proxyUrl };
  const connections = new Connections({ connectTimeoutMs, ...tls }, proxies);
  return { to: (origin) => connections.to(origin).dispatcher, close: () => connections.close() };
}

function throughSocks(
  proxyUrl: string,
  connectTimeout: number,
  { insecure, ca, identity }: Pick<ConnectionSettings, 'ca' | 'identity' | 'insecure'>,
): ServerConnections {
  const secureContext = createSecureContext({ ...(ca === undefined ? {} : { ca: [...ca] }), ...identity });
  const agent = new Socks5ProxyAgent(proxyUrl, {
    connectTimeout,
    requestTls: { rejectUnauthorized: insecure !== true, secureContext, timeout: connectTimeout },
  });
  return { to: () => agent, close: () => agent.destroy() };
}
