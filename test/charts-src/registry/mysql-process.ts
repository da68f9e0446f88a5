import { type DatabaseProcess, type DatabaseUser, startDatabase } from './database-process';
import { goProgram } from '../../tools/go-programs';

/**
 * Serves MySQL's protocol from memory to one user.
 *
 * @param tls whether connections without TLS are refused; without it there is none
 */
export async function startMysql(
  { user, password, database }: DatabaseUser,
  { tls }: { readonly tls: boolean },
): Promise<DatabaseProcess> {
  const program = await goProgram('mysql-server');
  return startDatabase(async ({ port, certificate, key }) => {
    const env = { ADDRESS: `127.0.0.1:${port}`, DATABASE: database, USERNAME: user, PASSWORD: password };
    return { program, env: tls ? { ...env, CERTIFICATE: certificate, KEY: key } : env };
  });
}
