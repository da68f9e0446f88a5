import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ConfigError } from '../../../../definitions/config/parse-config';
import type { Environment } from '../../../component';
import { causeText } from '../../../runtime/cause-text';
import { displayUri } from '../../display-uri';
import { textVariable } from '../../general-settings';
import type { ConnectionSettings } from '../../http/connections';
import { StorageError } from '../../storage-error';

/** How an HDFS is reached, as the files of its secret say it. */
export interface HdfsSettings {
  /** Base URLs of the namenodes, without `/webhdfs/v1`; one of them is active. */
  readonly namenodes: readonly string[];
  /** What paths are below: absolute, or below the home directory of the user. */
  readonly root: string;
  /** User on whose behalf requests are. */
  readonly proxyUser?: string;
  /** Header fields of every request to a namenode. May be secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Files in flight at a time. */
  readonly fileConcurrency: number;
  readonly tls: Pick<ConnectionSettings, 'ca' | 'identity' | 'insecure'>;
}

/** Where KServe's webhook mounts the secret. */
const defaultDirectory = '/var/secrets/kserve-hdfscreds';

/**
 * Reads the files of the secret directory, `HDFS_SECRET_DIR` or KServe's.
 *
 * @throws ConfigError for what can't be used; StorageError for Kerberos
 */
export function hdfsSettings(environment: Environment): HdfsSettings {
  const directory = textVariable(environment, 'HDFS_SECRET_DIR') ?? defaultDirectory;
  if (!existsSync(directory)) {
    throw new ConfigError('environment', [
      `HDFS_SECRET_DIR: there is no directory ${directory}, expected one with the file HDFS_NAMENODE: mount the secret`,
    ]);
  }
  const option = (name: string) => optionOf(directory, name)?.trim() ?? '';
  if (option('KERBEROS_PRINCIPAL') !== '' || option('KERBEROS_KEYTAB') !== '') {
    throw new StorageError(
      'credentials',
      'HDFS error: Kerberos (KERBEROS_PRINCIPAL, KERBEROS_KEYTAB) is not supported: reach the cluster through an HttpFS or ' +
        'Knox gateway with HEADERS or a client certificate (TLS_CERT, TLS_KEY), or copy the model to S3',
    );
  }
  const proxyUser = option('USER_PROXY');
  return {
    namenodes: namenodesOf(directory, option('HDFS_NAMENODE')),
    root: option('HDFS_ROOTPATH') === '' ? '/' : option('HDFS_ROOTPATH'),
    headers: headersOf(directory, option('HEADERS')),
    fileConcurrency: threadsOf(directory, option('N_THREADS')),
    tls: tlsOf(directory),
    ...(proxyUser === '' ? {} : { proxyUser }),
  };
}

function optionOf(directory: string, name: string): string | undefined {
  const path = join(directory, name);
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  } catch (error) {
    throw new ConfigError(directory, [`${name}: ${causeText(error)}`]);
  }
}

function namenodesOf(directory: string, text: string): readonly string[] {
  const namenodes = text.split(';').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  if (namenodes.length === 0) {
    throw new ConfigError(directory, ['HDFS_NAMENODE: got nothing, expected the WebHDFS URL of the namenode']);
  }
  return namenodes.map((namenode) => {
    const url = URL.parse(namenode);
    if (url !== null && ['http:', 'https:'].includes(url.protocol) && `${url.username}${url.password}` === '') {
      return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/webhdfs\/v1$/, '')}`;
    }
    const got = JSON.stringify(displayUri(namenode));
    throw new ConfigError(directory, [
      `HDFS_NAMENODE: got ${got}, expected http or https URLs without user info, such as http://namenode:9870, with ; between them`,
    ]);
  });
}

function headersOf(directory: string, text: string): Readonly<Record<string, string>> {
  if (text === '') return {};
  // Without the value: it is a secret.
  const wrong = new ConfigError(directory, ['HEADERS: expected a JSON object whose members are strings']);
  try {
    const parsed = z.record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), z.string()).safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {
    throw wrong;
  }
  throw wrong;
}

/** Threads of the client that KServe uses are files in flight; 0 there is one for each file. */
function threadsOf(directory: string, text: string): number {
  const most = 16;
  if (text === '') return 2;
  if (!/^\d{1,4}$/.test(text)) {
    throw new ConfigError(directory, [`N_THREADS: got ${JSON.stringify(text)}, expected a whole number`]);
  }
  return text === '0' ? most : Math.min(Number(text), most);
}

function tlsOf(directory: string): HdfsSettings['tls'] {
  const [ca, cert, key] = ['TLS_CA', 'TLS_CERT', 'TLS_KEY'].map((name) => optionOf(directory, name));
  const insecure = optionOf(directory, 'TLS_SKIP_VERIFY')?.trim().toLowerCase() === 'true';
  return {
    ...(ca === undefined ? {} : { ca: [ca] }),
    // A file of certificate and key in one is as good.
    ...(cert === undefined ? {} : { identity: { cert, key: key ?? cert } }),
    ...(insecure ? { insecure } : {}),
  };
}
