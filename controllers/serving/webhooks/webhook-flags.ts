import type { SecureVersion } from 'node:tls';
import { servingWebhookPort, webhookCertificateDirectory } from '../../../definitions/names/serving-webhooks';
import { UsageError } from '../../runtime/usage-error';
import { cipherList } from '../../runtime/webhooks/tls-suites';

/** How a controller serves its webhooks. */
export interface WebhookFlags {
  readonly port: number;
  /** Directory of `tls.crt` and `tls.key`; absent: the controllers make certificates themselves. */
  readonly certificateDirectory: string | undefined;
  readonly minVersion: SecureVersion;
  /** OpenSSL's list; absent: Node's choice. */
  readonly ciphers: string | undefined;
}

/** One line per flag. */
export const webhookFlagsHelp = `  --webhook-port PORT               admission webhooks over HTTPS (default ${servingWebhookPort})
  --webhook-certificates files|own  files: tls.crt and tls.key of --webhook-cert-dir, read again when they change;
                                    own: made and renewed by the controllers (default files)
  --webhook-cert-dir DIR            (default ${webhookCertificateDirectory})
  --tls-min-version VERSION         VersionTLS12 or VersionTLS13, of webhooks (default VersionTLS12)
  --tls-cipher-suites NAMES         Go's names of suites for webhooks, separated by commas (default: Node's choice)
`;

const names = [
  'webhook-port',
  'webhook-certificates',
  'webhook-cert-dir',
  'tls-min-version',
  'tls-cipher-suites',
] as const;
type Flag = (typeof names)[number];

const minVersions: Readonly<Record<string, SecureVersion>> = { VersionTLS12: 'TLSv1.2', VersionTLS13: 'TLSv1.3' };

/**
 * Takes the flags of webhooks out of a command line in Go's syntax; the last of several wins.
 *
 * @returns them, and the other arguments in their order
 * @throws UsageError naming flag, value and what is allowed
 */
export function parseWebhookFlags(args: readonly string[]): {
  readonly flags: WebhookFlags;
  readonly rest: readonly string[];
} {
  const { given, rest } = takeFlags(args);
  const certificates = given.get('webhook-certificates') ?? 'files';
  if (certificates !== 'files' && certificates !== 'own') {
    throw new UsageError(`--webhook-certificates: ${JSON.stringify(certificates)} is not allowed, give files or own`);
  }
  const version = given.get('tls-min-version') ?? '';
  const minVersion = version === '' ? 'TLSv1.2' : minVersions[version];
  if (minVersion === undefined) {
    const allowed = Object.keys(minVersions).join(' or ');
    throw new UsageError(`--tls-min-version: ${JSON.stringify(version)} is not allowed, give ${allowed}`);
  }
  const suites = (given.get('tls-cipher-suites') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const directory = given.get('webhook-cert-dir') ?? webhookCertificateDirectory;
  return {
    flags: {
      port: parsePort(given.get('webhook-port') ?? String(servingWebhookPort)),
      certificateDirectory: certificates === 'own' ? undefined : directory,
      minVersion,
      ciphers: cipherList(suites),
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
    given.set(flag, value);
  }
  return { given, rest };
}

function parsePort(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--webhook-port: ${JSON.stringify(text)} is no port, give a number from 1 to 65535`);
}
