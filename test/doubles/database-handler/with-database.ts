import { notebookCode, notebookNames } from '../../../charts-src/notebooks/notebook-code';
import { startPostgres } from '../../charts-src/registry/postgres-process';
import { pythonPackages } from '../../tools/python-packages';
import { startCrateDbBridge, type CrateDbBridge } from '../cratedb-bridge/bridge';
import { startDatabaseHandler, type DatabaseHandler } from './handler';

/** The double of the database handler with a database behind it, and our notebooks in it. */
export interface FinopsDatabase {
  readonly handler: DatabaseHandler;
  readonly bridge: CrateDbBridge;
  close(): Promise<void>;
}

export interface FinopsDatabaseOptions {
  /** Port of the handler. @default 0, a free one */
  readonly port?: number;
  /** Password of the database's user, `system`. */
  readonly password: string;
}

/** Starts PostgreSQL, the bridge that makes a CrateDB of it, and the handler. What Python needs is installed the first time. */
export async function startFinopsDatabase({ port = 0, password }: FinopsDatabaseOptions): Promise<FinopsDatabase> {
  const started: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const each of started.toReversed()) await each.close();
  };
  try {
    const user = 'system';
    const python = await pythonPackages();
    const users = [{ user, password, database: 'notebooks' }];
    const postgres = await startPostgres({ adminPassword: password, users, databases: [] });
    started.push({ close: () => postgres.stop() });
    const bridge = await startCrateDbBridge({ port: postgres.port, user, password, database: 'notebooks' });
    started.push(bridge);
    const handler = await startDatabaseHandler({
      port,
      password,
      surroundings: { ...python, database: { host: '127.0.0.1', port: bridge.port } },
      notebooks: Object.fromEntries(notebookNames.map((name) => [name, notebookCode(name)])),
    });
    started.push(handler);
    return { handler, bridge, close };
  } catch (error) {
    await close();
    throw error;
  }
}
