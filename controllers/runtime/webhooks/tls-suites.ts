import { getCiphers } from 'node:tls';
import { UsageError } from '../usage-error';

/** Go's names of the suites of TLS 1.2 that it offers without being asked for insecure ones, and OpenSSL's. */
const suites12: Readonly<Record<string, string>> = {
  TLS_RSA_WITH_AES_128_CBC_SHA: 'AES128-SHA',
  TLS_RSA_WITH_AES_256_CBC_SHA: 'AES256-SHA',
  TLS_RSA_WITH_AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  TLS_RSA_WITH_AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
};

/** Suites of TLS 1.3: both call them the same, and Go lets nobody choose among them. */
const suites13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

/**
 * Translates Go's names of cipher suites (`--tls-cipher-suites`) to what Node takes. The suites of TLS 1.3 stay on offer, as in Go.
 *
 * @returns undefined for none: Node's own choice
 * @throws UsageError for a name that is unknown, or a suite that this Node can't do
 */
export function cipherList(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const known = new Set(getCiphers());
  const chosen = names.map((name) => {
    const suite = suites13.includes(name) ? name : suites12[name];
    if (suite === undefined || !known.has(suite.toLowerCase())) {
      const allowed = [...suites13, ...Object.keys(suites12)].join(', ');
      throw new UsageError(`--tls-cipher-suites: unknown suite ${JSON.stringify(name)}, allowed are ${allowed}`);
    }
    return suite;
  });
  return [...new Set([...suites13, ...chosen])].join(':');
}
