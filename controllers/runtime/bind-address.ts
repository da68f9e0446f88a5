import type { Server } from 'node:net';
import { UsageError } from './usage-error';

/** Where a server listens. */
export interface BindAddress {
  /** Absent: all addresses of the machine. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
}

/**
 * Reads `host:port`, `:port` or `[::1]:port`.
 *
 * @param flag named in errors
 * @returns undefined for `0` and the empty text: no server
 * @throws UsageError for anything else
 */
export function parseBindAddress(text: string, flag: string): BindAddress | undefined {
  if (text === '0' || text === '') return undefined;
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new UsageError(`--${flag}: ${JSON.stringify(text)} is no address, give host:port, :port, or 0 for none`);
  }
  const host = match[1] ?? match[2] ?? '';
  return host === '' ? { port } : { host, port };
}

/**
 * Makes a server listen.
 *
 * @param purpose for errors: `health probes`
 * @returns the address it got: `127.0.0.1:8081`
 * @throws Error naming purpose, address, cause and what to do
 */
export async function listen(server: Server, address: BindAddress, purpose: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const failed = (error: NodeJS.ErrnoException) => {
    const where = formatAddress(address.host ?? '', address.port);
    const advice =
      error.code === 'EADDRINUSE' ? 'another process has the port: stop it or choose another address' : error.message;
    reject(new Error(`listening for ${purpose} on ${where}: ${error.code ?? 'error'}: ${advice}`, { cause: error }));
  };
  server.once('error', failed);
  server.listen(address.port, address.host, () => resolve());
  await promise;
  server.removeListener('error', failed);
  const bound = server.address();
  return bound === null || typeof bound === 'string' ? String(bound) : formatAddress(bound.address, bound.port);
}

function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
