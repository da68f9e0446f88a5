import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import type { Environment } from '../component';
import { causeText } from '../runtime/cause-text';
import { textVariable } from './general-settings';
import type { InitializerLog } from './log';

/** Where KServe mounts the ConfigMap with the bundle, and its file there. */
const defaultMountPoint = '/etc/ssl/custom-certs';
const bundleFile = 'cabundle.crt';

/** The system's store as one file: Debian and Alpine, Red Hat, BSD. Node's own reading of it, file by file, takes 260 ms. */
const systemStores = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/**
 * The authorities that servers are trusted by, as PEM: those of the system, those that Node brings, and those in the files that
 * `REQUESTS_CA_BUNDLE`, `SSL_CERT_FILE` and `CA_BUNDLE_CONFIGMAP_NAME` (with `CA_BUNDLE_VOLUME_MOUNT_POINT`) name. The files add to what
 * is trusted anyway: a model can be behind the company's authority, and its redirect at a public cloud.
 *
 * @returns `undefined` when no variable is set, or no file has a certificate: Node's own then, and nothing is read. A file that can't
 *   be used is a warning, as at KServe: many fetches work without it
 */
export function trustedAuthorities(environment: Environment, log: InitializerLog): readonly string[] | undefined {
  const custom = bundlesOf(environment).flatMap(([variable, path]) => certificatesIn(path, variable, log));
  if (custom.length === 0) return undefined;
  return [...new Set([...getCACertificates('bundled'), ...systemAuthorities(), ...custom])];
}

/** Files with authorities, each with the variable that names it. */
function bundlesOf(environment: Environment): readonly (readonly [variable: string, path: string])[] {
  const files = ['REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE'].flatMap((name) => {
    const path = textVariable(environment, name);
    return path === undefined ? [] : [[name, path] as const];
  });
  if (textVariable(environment, 'CA_BUNDLE_CONFIGMAP_NAME') === undefined) return files;
  const mountPoint = textVariable(environment, 'CA_BUNDLE_VOLUME_MOUNT_POINT') ?? defaultMountPoint;
  return [...files, ['CA_BUNDLE_CONFIGMAP_NAME', join(mountPoint, bundleFile)]];
}

function certificatesIn(path: string, variable: string, log: InitializerLog): readonly string[] {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    log.warn(`${variable}: ${path} can't be read, its authorities are not trusted: ${causeText(error)}`);
    return [];
  }
  const blocks = blocksOf(text);
  const good = blocks.filter(isCertificate);
  if (good.length === 0) log.warn(`${variable}: ${path} has no certificate that can be read`);
  else if (good.length < blocks.length) {
    log.warn(`${variable}: ${blocks.length - good.length} of ${blocks.length} certificates in ${path} can't be read`);
  }
  return good;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

/** None on a system without a store, as small images are. */
function systemAuthorities(): readonly string[] {
  const file = systemStores.find((path) => existsSync(path));
  return file === undefined ? [] : blocksOf(readFileSync(file, 'latin1'));
}

function blocksOf(text: string): readonly string[] {
  return text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]*-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? [];
}
