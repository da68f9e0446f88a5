import type { k8s } from 'cdk8s-plus-28';
import { ConfigError } from '../../definitions/config/parse-config';
import { egressTo } from '../kubernetes/network-peers';
import { secretVariable, valueVariable } from '../kubernetes/secret-ref';
import { type DatabaseAccess, dsnVariable, externalSecrets, mysqlDsn } from './database';
import type { DatabaseOptions, DatabaseTls, OptionsOf } from './database-options';
import { passwordApart } from './postgres';

type External = Extract<DatabaseOptions, { engine: `external-${string}` }>;

const tlsDirectory = '/etc/database-tls';

/**
 * Access to a database of somebody else.
 *
 * @param registry named in errors
 * @throws ConfigError for a combination that the server can't do
 */
export function externalDatabase(options: External, registry: string): DatabaseAccess {
  const { args, parameters, volumes, external } = protection(options, registry);
  const files = {
    volumes,
    volumeMounts: volumes.map(({ name }) => ({ name, mountPath: `${tlsDirectory}/${name}`, readOnly: true })),
    egress: egressTo(options.addresses),
  };
  switch (options.engine) {
    case 'external-mysql':
      return { ...files, ...mysql(options, args, external) };
    case 'external-postgres': {
      const query = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
      const { host, port, database, username, password } = options;
      return {
        ...files,
        args: ['--datastore-type=embedmd', '--embedmd-database-type=postgres'],
        env: [
          ...passwordApart(username, password),
          { name: dsnVariable, value: `postgresql://${host}:${port}/${database}?${query.join('&')}` },
        ],
        port,
        external: merged(external, externalSecrets([username, password])),
      };
    }
    case 'external-dsn':
      return {
        ...files,
        args: ['--datastore-type=embedmd', `--embedmd-database-type=${options.type}`, ...args],
        env: [secretVariable(dsnVariable, options.dsn)],
        external: merged(external, externalSecrets([options.dsn])),
      };
  }
}

function mysql(
  { host, port, database, username, password }: OptionsOf<'external-mysql'>,
  args: readonly string[],
  external: readonly string[],
): Omit<DatabaseAccess, 'egress'> {
  const configMaps = [host, port, database].flatMap((value) =>
    typeof value === 'object' ? [`ConfigMap/${value.configMap}`] : [],
  );
  return {
    args: ['--datastore-type=embedmd', ...args],
    env: [
      secretVariable('DBCONFIG_USER', username),
      secretVariable('DBCONFIG_PASSWORD', password),
      valueVariable('MYSQL_DATABASE', database),
      valueVariable('MYSQL_HOST', host),
      valueVariable('MYSQL_PORT', typeof port === 'number' ? String(port) : port),
      { name: dsnVariable, value: mysqlDsn('DBCONFIG_USER', 'DBCONFIG_PASSWORD', '$(MYSQL_HOST)') },
    ],
    ...(typeof port === 'number' ? { port } : {}),
    external: merged(external, [...configMaps, ...externalSecrets([username, password])]),
  };
}

/** How TLS is asked for: PostgreSQL's driver by parameters of the connection string, MySQL's by flags of the server. */
function protection(options: External, registry: string) {
  const { tls } = options;
  const type = options.engine === 'external-dsn' ? options.type : options.engine.slice('external-'.length);
  if (type === 'mysql' && tls.mode !== 'disable' && tls.mode !== 'verify-full') {
    throw new ConfigError(`registry ${registry}`, [
      `database.tls.mode: got ${tls.mode}, allowed with MySQL: disable, verify-full`,
    ]);
  }
  if (tls.mode === 'disable' && (tls.rootCertificate !== undefined || tls.client !== undefined)) {
    throw new ConfigError(`registry ${registry}`, [
      'database.tls.mode: got disable beside certificates, allowed: verify-full, or no certificates',
    ]);
  }
  const { volumes, paths, external } = certificateFiles(tls);
  const flags = Object.entries(paths).map(
    ([name, path]) => `--embedmd-database-ssl-${flagNames[name] ?? name}=${path}`,
  );
  // Without a file the authorities of the image are asked. What a connection string of somebody else says of TLS does not count then.
  const verify = tls.mode === 'verify-full' ? ['--embedmd-database-ssl-verify-server-cert=true'] : [];
  const args = options.engine === 'external-postgres' ? [] : [...flags, ...verify];
  const parameters: Record<string, string> = { sslmode: tls.mode, ...paths };
  return { args, parameters, volumes, external };
}

/** Parameters of PostgreSQL's connection string, and the flags of the server that mean the same. */
const flagNames: Readonly<Record<string, string>> = { sslrootcert: 'root-cert', sslcert: 'cert', sslkey: 'key' };

function certificateFiles({ rootCertificate, client }: DatabaseTls) {
  const files = [
    ['sslrootcert', 'root', rootCertificate],
    ['sslcert', 'certificate', client?.certificate],
    ['sslkey', 'key', client?.key],
  ] as const;
  const volumes: k8s.Volume[] = [];
  const paths: Record<string, string> = {};
  const external: string[] = [];
  for (const [parameter, volume, file] of files) {
    if (file === undefined) continue;
    const items = [{ key: file.key, path: 'pem' }];
    // A key that others may read is refused by the driver.
    const defaultMode = 0o440;
    paths[parameter] = `${tlsDirectory}/${volume}/pem`;
    if ('configMap' in file) {
      volumes.push({ name: volume, configMap: { name: file.configMap, items } });
      external.push(`ConfigMap/${file.configMap}`);
    } else {
      volumes.push({ name: volume, secret: { secretName: file.name, items, defaultMode } });
      external.push(`Secret/${file.name}`);
    }
  }
  return { volumes, paths, external };
}

function merged(some: readonly string[], others: readonly string[]): string[] {
  return [...new Set([...some, ...others])].sort();
}
