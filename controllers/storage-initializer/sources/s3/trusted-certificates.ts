import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { Environment } from '../../../component';
import { textVariable } from '../../general-settings';
import { StorageError } from '../../storage-error';

/**
 * The authorities that the S3 server's certificate may be of: Node's and the system's, and those of `AWS_CA_BUNDLE`, else of the
 * configured config map.
 *
 * @returns absent when nothing is set: Node's own
 * @throws StorageError when a file that is set can't be read
 */
export function trustedCertificates(environment: Environment): readonly string[] | undefined {
  const file = bundleFile(environment);
  if (file === undefined) return undefined;
  const bundle = readOptional(file);
  if (bundle === undefined) throw new StorageError('other', `Failed to find ca bundle file(${file}).`);
  if (!bundle.includes('-----BEGIN CERTIFICATE-----')) {
    throw new StorageError('other', `ca bundle file ${file} has no PEM certificate in it`);
  }
  const systemFile = textVariable(environment, 'SSL_CERT_FILE');
  const system = systemFile === undefined ? undefined : readOptional(systemFile);
  return [...rootCertificates, ...(system === undefined ? [] : [system]), bundle];
}

function bundleFile(environment: Environment): string | undefined {
  const file = textVariable(environment, 'AWS_CA_BUNDLE');
  if (file !== undefined) return file;
  if (textVariable(environment, 'CA_BUNDLE_CONFIGMAP_NAME') === undefined) return undefined;
  return join(textVariable(environment, 'CA_BUNDLE_VOLUME_MOUNT_POINT') ?? '/etc/ssl/custom-certs', 'cabundle.crt');
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
