import { type DatabaseProcess, type DatabaseUser, startDatabase } from './database-process';
import { dsnProgram } from './dsn-programs';

/**
 * Serves MySQL's protocol from memory to one user.
 *
 * @param tls whether connections without TLS are refused; without it there is none
 */
export async function startMysql(
  { user, password, database }: DatabaseUser,
  { tls, log }: { readonly tls: boolean; readonly log: (line: string) => void },
): Promise<DatabaseProcess> {
  const program = await dsnProgram('mysql-server', log);
  return startDatabase(async ({ port, certificate, key }) => {
    const env = { ADDRESS: `127.0.0.1:${port}`, DATABASE: database, USERNAME: user, PASSWORD: password };
    return { program, env: tls ? { ...env, CERTIFICATE: certificate, KEY: key } : env };
  });
}
