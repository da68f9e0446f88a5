import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { causeText } from '../runtime/cause-text';

/** How connections to registries are made. */
export interface RegistryConnectionOptions {
  /** Accept any certificate. */
  readonly skipTlsVerify: boolean;
  /** PEM files trusted in addition to the system's certificates. */
  readonly caFiles: readonly string[];
  readonly connectTimeoutSeconds: number;
}

/**
 * One dispatcher for all registries: own trust settings instead of the process's, `HTTPS_PROXY` and `NO_PROXY` honoured,
 * HTTP/1.1 only.
 *
 * @throws Error naming the CA file that can't be read or holds no certificate
 */
export function registryConnections(options: RegistryConnectionOptions): Dispatcher {
  const tls = {
    rejectUnauthorized: !options.skipTlsVerify,
    ...(options.caFiles.length === 0 ? {} : { ca: trustedCertificates(options.caFiles) }),
  };
  const connect = { timeout: options.connectTimeoutSeconds * 1000, ...tls };
  return new EnvHttpProxyAgent({ allowH2: false, connect, requestTls: connect });
}

/** The system's certificates and those of PEM files. @throws Error naming the file that can't be read or holds no certificate */
export function trustedCertificates(files: readonly string[]): string[] {
  return [...rootCertificates, ...files.map(readCertificates)];
}

function readCertificates(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`reading CA file ${file}: ${causeText(error)}`, { cause: error });
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new Error(`reading CA file ${file}: no PEM certificate in it`);
  }
  return text;
}
