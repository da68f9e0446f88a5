import { tlsVersions } from '../../../definitions/config/serving';
import { UsageError } from '../../runtime/usage-error';

/** What a command line says about webhooks; it wins over the configuration. */
export interface WebhookFlags {
  readonly port?: number;
  readonly tlsMinVersion?: TlsVersion;
  /** Go's names of cipher suites. */
  readonly tlsCipherSuites?: readonly string[];
}

/** A version of TLS by its name in Kubernetes' flags. */
export type TlsVersion = (typeof tlsVersions)[number];

/** One line per flag. */
export const webhookFlagsHelp = `  --webhook-port PORT               admission webhooks over HTTPS (default: as configured, 9443)
  --tls-min-version VERSION         ${tlsVersions.join(' or ')}, of webhooks (default: as configured, ${tlsVersions[0]})
  --tls-cipher-suites NAMES         Go's names of cipher suites for webhooks, separated by commas (default: Node's choice)
`;

const names = ['webhook-port', 'tls-min-version', 'tls-cipher-suites'] as const;
type Flag = (typeof names)[number];

/**
 * Takes the flags of webhooks out of a command line in Go's syntax; the last of several wins, an empty text is none.
 *
 * @returns them, and the other arguments in their order
 * @throws UsageError naming flag, value and what is allowed
 */
export function parseWebhookFlags(args: readonly string[]): {
  readonly flags: WebhookFlags;
  readonly rest: readonly string[];
} {
  const { given, rest } = takeFlags(args);
  const port = given.get('webhook-port');
  const version = given.get('tls-min-version');
  const suites = given.get('tls-cipher-suites');
  return {
    flags: {
      ...(port === undefined ? {} : { port: parsePort(port) }),
      ...(version === undefined ? {} : { tlsMinVersion: parseVersion(version) }),
      ...(suites === undefined ? {} : { tlsCipherSuites: suites.split(',').map((name) => name.trim()) }),
    },
    rest,
  };
}

function takeFlags(args: readonly string[]): { given: ReadonlyMap<Flag, string>; rest: readonly string[] } {
  const given = new Map<Flag, string>();
  const rest: string[] = [];
  for (let place = 0; place < args.length; place += 1) {
    const argument = args[place] ?? '';
    const match = /^--?([^=]+)(?:=(.*))?$/s.exec(argument);
    const flag = names.find((name) => name === match?.[1]);
    if (flag === undefined) {
      rest.push(argument);
      continue;
    }
    const value = match?.[2] ?? args[(place += 1)];
    if (value === undefined) throw new UsageError(`--${flag}: needs a value`);
    if (value === '') given.delete(flag);
    else given.set(flag, value);
  }
  return { given, rest };
}

function parsePort(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--webhook-port: ${JSON.stringify(text)} is no port, give a number from 1 to 65535`);
}

function parseVersion(text: string): TlsVersion {
  const version = tlsVersions.find((name) => name === text);
  if (version !== undefined) return version;
  throw new UsageError(`--tls-min-version: ${JSON.stringify(text)} is not allowed, give ${tlsVersions.join(' or ')}`);
}
