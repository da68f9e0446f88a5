import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '../../definitions/config/parse-config';
import { causeText } from './cause-text';
import type { Clock } from './clock';
import type { Logger } from './log';
import type { ServerCertificate } from './self-signed-certificate';

/** Files are looked at again no sooner: the kubelet needs a minute to bring new ones anyway. */
const rereadAfterMs = 5_000;

/** Which files, and what they are for. */
export interface CertificateFilesOptions {
  readonly directory: string;
  /** For the log: `metrics`. */
  readonly purpose: string;
  /** Flag or field that names the directory, for errors: `--metrics-cert-path`. */
  readonly setting: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * A certificate and its key in a directory, as a Secret of type `kubernetes.io/tls` is mounted: `tls.crt`, `tls.key`. They are
 * renewed while the process runs.
 *
 * Guarantees: what is given out can be served. Files that don't fit together, as for a moment of a renewal by hand, or that are gone
 * are logged and the last good ones stay.
 */
export class CertificateFiles {
  private readAt: number;
  private good: ServerCertificate;

  /** @throws ConfigError naming directory and cause when there is no good certificate to begin with */
  constructor(private readonly options: CertificateFilesOptions) {
    const { directory, setting, clock } = options;
    this.readAt = clock.monotonic();
    try {
      this.good = readCertificate(directory);
    } catch (error) {
      throw new ConfigError(setting, [`reading tls.crt and tls.key in ${directory}: ${causeText(error)}`]);
    }
  }

  /** The certificate as it was read last. */
  get current(): ServerCertificate {
    return this.good;
  }

  /** The new certificate if there is one since the last call. */
  renewed(): ServerCertificate | undefined {
    const { directory, purpose, clock, log } = this.options;
    const now = clock.monotonic();
    if (now - this.readAt < rereadAfterMs) return undefined;
    this.readAt = now;
    try {
      const read = readCertificate(directory);
      if (read.cert === this.good.cert && read.key === this.good.key) return undefined;
      this.good = read;
      log.info({ directory }, `serving ${purpose} under a renewed certificate`);
      return read;
    } catch (error) {
      log.warn({ directory, cause: causeText(error) }, `certificate of ${purpose} not read: serving the last one`);
      return undefined;
    }
  }
}

/** Reads both files and has OpenSSL say whether they fit together. */
function readCertificate(directory: string): ServerCertificate {
  const cert = readFileSync(join(directory, 'tls.crt'), 'utf8');
  const key = readFileSync(join(directory, 'tls.key'), 'utf8');
  createSecureContext({ cert, key });
  return { cert, key };
}
