import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';
import { environment } from '../../../charts-src/environments/environment';
import { renderEnvironment } from '../../../charts-src/output/render-environment';
import { applicationRoleScript } from '../../../charts-src/registry/postgres-initialization';
import { itWithGo, needsGo } from '../import/go-toolchain';
import { containerStart, type ContainerStart, type DataByName } from './container-start';
import type { DatabaseProcess } from './database-process';
import { goProgram } from '../../tools/go-programs';
import { startMysql } from './mysql-process';
import { startPostgres } from './postgres-process';

const run = promisify(execFile);

/** What connection strings break on; the blanks at both ends are part of it. */
const password = ' @:/?#% ';
const user = 'modelregistry';
const database = 'metadb';
const name = 'Schwertlilie 🪻';

type Database = NonNullable<NonNullable<Parameters<typeof environment>[0]['registries']>[number]['database']>;
type Replacement = readonly [written: string, here: string];

const reportSchema = z.record(z.string(), z.string());

let connect: string;
let postgres: DatabaseProcess;
let mysql: DatabaseProcess;
let mysqlWithTls: DatabaseProcess;

const goInstalled = spawnSync('go', ['version']).status === 0;

beforeAll(async () => {
  if (!goInstalled) return;
  connect = await goProgram('connect');
  [postgres, mysql, mysqlWithTls] = await Promise.all([
    startPostgres({ adminPassword: password, users: [{ user, password, database }], databases: ['fresh', 'ours'] }),
    startMysql({ user, password, database }, { tls: false }),
    startMysql({ user, password, database }, { tls: true }),
  ]);
  // Go builds the two programs once, on a slow machine for minutes.
}, 900_000);

afterAll(async () => {
  for (const server of [postgres, mysql, mysqlWithTls]) await server?.stop();
});

/** How the registry's container starts, with this database and these Secrets. */
function started(options: Database, secrets: DataByName, replacements: readonly Replacement[] = []): ContainerStart {
  const components = renderEnvironment(
    environment({ name: 'test', crds: false, registries: [{ namespace: 'kubeflow', database: options }] }),
  );
  const manifests = components.flatMap((component) => component.manifests);
  return containerStart(manifests.map(moved(replacements)), 'model-registry-deployment', secrets);
}

/** A rendered object with what is elsewhere on this machine: hosts, ports, files. Secrets come later and stay as they are. */
const moved =
  (replacements: readonly Replacement[]) =>
  (manifest: object): unknown =>
    JSON.parse(
      replacements.reduce((text, [written, here]) => text.replaceAll(written, here), JSON.stringify(manifest)),
    );

/** What the database says of a connection that the registry's drivers open. @throws with what they print instead */
async function connected({ args, env }: ContainerStart): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await run(connect, args, { env });
  return reportSchema.parse(JSON.parse(stdout));
}

const account = { from: 'existing', secret: 'account' } as const;
const accountOf = (value: string): DataByName => ({
  account: { username: user, password: value, 'admin-password': value },
});
const credentials = {
  username: { name: 'account', key: 'username' },
  password: { name: 'account', key: 'password' },
} as const;
const secrets = accountOf(password);
const rootCertificate = { configMap: 'database-ca', key: 'ca.crt' };
const fileOf = ({ rootCertificate: file }: DatabaseProcess): Replacement => ['/etc/database-tls/root/pem', file];

const ourMysql = (): Replacement[] => [
  ['@tcp(model-registry-db-mysql:', '@tcp(127.0.0.1:'],
  ['"MYSQL_PORT":"3306"', `"MYSQL_PORT":"${mysql.port}"`],
];
const ourPostgres = (): Replacement[] => [
  ['"POSTGRES_HOST":"model-registry-db-postgres"', '"POSTGRES_HOST":"127.0.0.1"'],
  ['"POSTGRES_PORT":"5432"', `"POSTGRES_PORT":"${postgres.port}"`],
];
const externalMysql = (server: DatabaseProcess): Extract<Database, { engine: 'external-mysql' }> => ({
  engine: 'external-mysql',
  host: 'localhost',
  port: server.port,
  database,
  ...credentials,
});
const externalPostgres = (): Extract<Database, { engine: 'external-postgres' }> => ({
  engine: 'external-postgres',
  host: 'localhost',
  port: postgres.port,
  database,
  ...credentials,
});

/** Escaped by whoever wrote it, as an URL wants it. */
const postgresUrl = () =>
  `postgresql://${user}:${encodeURIComponent(password)}@localhost:${postgres.port}/${database}?sslmode=disable`;
const postgresWords = () =>
  `host=localhost port=${postgres.port} user=${user} password='${password}' dbname=${database} sslmode=disable`;
const mysqlText = (server: DatabaseProcess) => `${user}:${password}@tcp(localhost:${server.port})/${database}`;
const dsn = { name: 'dsn', key: 'dsn' };
const disabled = { mode: 'disable' } as const;

describe(`the registry's own drivers connect with the password ${JSON.stringify(password)}`, () => {
  itWithGo.each<[string, () => ContainerStart, object]>([
    [
      'to the MySQL that we bring',
      () => started({ engine: 'mysql', credentials: account }, secrets, ourMysql()),
      { charset: 'utf8mb4' },
    ],
    [
      'to the PostgreSQL that we bring',
      () => started({ engine: 'postgres', credentials: account }, secrets, ourPostgres()),
      { charset: 'UTF8', tls: 'off' },
    ],
    [
      'to somebody else’s MySQL without TLS',
      () => started({ ...externalMysql(mysql), tls: disabled }, secrets),
      { charset: 'utf8mb4' },
    ],
    [
      'to somebody else’s MySQL with TLS, verified in full',
      () => started({ ...externalMysql(mysqlWithTls), tls: { rootCertificate } }, secrets, [fileOf(mysqlWithTls)]),
      { charset: 'utf8mb4' },
    ],
    [
      'to somebody else’s PostgreSQL without TLS',
      () => started({ ...externalPostgres(), tls: disabled }, secrets),
      { tls: 'off' },
    ],
    [
      'to somebody else’s PostgreSQL with TLS, verified in full',
      () => started({ ...externalPostgres(), tls: { rootCertificate } }, secrets, [fileOf(postgres)]),
      { tls: 'on' },
    ],
    [
      'by somebody else’s connection string for PostgreSQL, an URL',
      () => started({ engine: 'external-dsn', type: 'postgres', dsn, tls: disabled }, { dsn: { dsn: postgresUrl() } }),
      { tls: 'off' },
    ],
    [
      'by one of words',
      () =>
        started({ engine: 'external-dsn', type: 'postgres', dsn, tls: disabled }, { dsn: { dsn: postgresWords() } }),
      { tls: 'off' },
    ],
    [
      'by an URL that says nothing of the TLS that is asked for',
      () =>
        started(
          { engine: 'external-dsn', type: 'postgres', dsn, tls: { rootCertificate } },
          { dsn: { dsn: postgresUrl() } },
          [fileOf(postgres)],
        ),
      { tls: 'on' },
    ],
    [
      'by somebody else’s connection string for MySQL',
      () => started({ engine: 'external-dsn', type: 'mysql', dsn, tls: disabled }, { dsn: { dsn: mysqlText(mysql) } }),
      { charset: 'utf8mb4' },
    ],
    [
      'by one for MySQL that says nothing of the TLS that is asked for',
      () =>
        started(
          { engine: 'external-dsn', type: 'mysql', dsn, tls: { rootCertificate } },
          { dsn: { dsn: mysqlText(mysqlWithTls) } },
          [fileOf(mysqlWithTls)],
        ),
      { charset: 'utf8mb4' },
    ],
  ])(`%s ${needsGo}`, async (_, start, more) => {
    expect(await connected(start())).toMatchObject({ user, database, one: '1', read: name, ...more });
  });

  itWithGo.each([
    '$(MYSQL_USER)',
    '$$',
    "'",
    '"',
    '\\',
    '`',
    '&',
    '=',
    '+',
    ';',
    'a b',
    'ä🪻',
    ')/x',
    '%40',
    '@tcp(h)/',
  ])(
    `and with one that has %s in it, because no variable is read out of a Secret and nothing is unescaped ${needsGo}`,
    async (part) => {
      const odd = `${part}${password}${part}`;
      const server = await startMysql({ user, password: odd, database }, { tls: false });
      try {
        const options: Database = { ...externalMysql(server), tls: disabled };
        expect(await connected(started(options, accountOf(odd)))).toMatchObject({ user, read: name });
      } finally {
        await server.stop();
      }
    },
  );
});

describe('the drivers refuse', () => {
  itWithGo.each<[string, () => ContainerStart, RegExp]>([
    [
      'another password for MySQL',
      () => started({ engine: 'mysql', credentials: account }, accountOf(password.trim()), ourMysql()),
      /Access denied|No authentication methods/,
    ],
    [
      'another password for PostgreSQL',
      () => started({ engine: 'postgres', credentials: account }, accountOf(password.trim()), ourPostgres()),
      /password authentication failed/,
    ],
    [
      'a MySQL whose certificate nobody vouches for',
      () => started(externalMysql(mysqlWithTls), secrets),
      /x509: certificate signed by unknown authority/,
    ],
    [
      'a MySQL whose certificate is somebody else’s',
      () =>
        started({ ...externalMysql(mysqlWithTls), host: '127.0.0.1', tls: { rootCertificate } }, secrets, [
          fileOf(mysqlWithTls),
        ]),
      /x509: cannot validate certificate for 127.0.0.1/,
    ],
    [
      'a MySQL that has no TLS, when it is asked for',
      () => started({ ...externalMysql(mysql), tls: { rootCertificate } }, secrets, [fileOf(mysqlWithTls)]),
      /TLS requested but server does not support TLS/,
    ],
    [
      'a PostgreSQL whose certificate nobody vouches for',
      () => started(externalPostgres(), secrets),
      /x509: certificate signed by unknown authority/,
    ],
    [
      'a PostgreSQL whose certificate is somebody else’s',
      () =>
        started({ ...externalPostgres(), host: '127.0.0.1', tls: { rootCertificate } }, secrets, [fileOf(postgres)]),
      /x509: cannot validate certificate for 127.0.0.1/,
    ],
    [
      'a PostgreSQL of a connection string that nobody vouches for, whatever the string says',
      () => started({ engine: 'external-dsn', type: 'postgres', dsn }, { dsn: { dsn: postgresUrl() } }),
      /x509: certificate signed by unknown authority/,
    ],
    [
      'a MySQL of a connection string that nobody vouches for, whatever the string says',
      () => started({ engine: 'external-dsn', type: 'mysql', dsn }, { dsn: { dsn: mysqlText(mysqlWithTls) } }),
      /x509: certificate signed by unknown authority/,
    ],
    [
      'two question marks for MySQL, which is why its connection string has no parameters',
      () =>
        started(
          { engine: 'external-dsn', type: 'mysql', dsn, tls: disabled },
          { dsn: { dsn: `${mysqlText(mysql)}?charset=utf8mb4` } },
        ),
      /more than one question mark/,
    ],
  ])(`%s ${needsGo}`, async (_, start, message) => {
    await expect(connected(start())).rejects.toMatchObject({ stderr: expect.stringMatching(message) as unknown });
  });
});

/** The script's `\getenv` came with psql 14. */
const psqlVersion = Number(
  / (\d+)/.exec(spawnSync('psql', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? 0,
);
const itWithPsql = goInstalled && psqlVersion >= 14 ? it : it.skip;
const needsPsql = '(skipped only where go, or psql 14, is not on the PATH)';

describe('the script of an empty PostgreSQL', () => {
  const runScript = (environmentOf: Readonly<Record<string, string>>) =>
    run('/bin/sh', ['-c', applicationRoleScript], {
      env: {
        PATH: process.env['PATH'] ?? '',
        PGHOST: '127.0.0.1',
        PGPORT: String(postgres.port),
        PGPASSWORD: password,
        POSTGRES_USER: 'postgres',
        ...environmentOf,
      },
    });
  const asked = async (user: string, value: string, db: string, query: string) => {
    const flags = [
      '--no-psqlrc',
      '--tuples-only',
      '--no-align',
      '--command',
      query,
      '--username',
      user,
      '--dbname',
      db,
    ];
    const env = { PATH: process.env['PATH'] ?? '', PGHOST: '127.0.0.1', PGPORT: String(postgres.port) };
    return (await run('psql', flags, { env: { ...env, PGPASSWORD: value } })).stdout.trim();
  };

  itWithPsql(
    `makes a role that owns the database and is no administrator, whatever its names ${needsPsql}`,
    async () => {
      const [role, roleDatabase] = ['the "registry"', 'fresh'];
      const rolePassword = `${password}'"\\$(x) `;
      await runScript({ POSTGRES_DB: roleDatabase, APPLICATION_USER: role, APPLICATION_PASSWORD: rolePassword });
      const facts =
        'SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, ' +
        '(SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()) = rolname, ' +
        "(SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'public') = rolname " +
        'FROM pg_roles WHERE rolname = current_user';
      expect(await asked(role, rolePassword, roleDatabase, facts)).toBe('f|f|f|f|t|t');
      // As the registry does at its start: tables in the schema public.
      const start = started(
        { ...externalPostgres(), database: roleDatabase, tls: disabled },
        { account: { username: role, password: rolePassword } },
      );
      expect(await connected(start)).toMatchObject({ user: role, database: roleDatabase, read: name });
    },
  );

  itWithPsql(`leaves the administrator alone when the application works as it ${needsPsql}`, async () => {
    await runScript({ POSTGRES_DB: 'ours', APPLICATION_USER: 'postgres', APPLICATION_PASSWORD: 'another' });
    expect(
      await asked('postgres', password, 'ours', 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user'),
    ).toBe('t');
  });
});
