import { startFinopsDatabase } from './with-database';

/** Runs the double with its database as a process of its own until it is stopped: `main.ts`; prints one line when it is up. */
async function main(): Promise<void> {
  const { PORT_DB_WEBSERVICE = '8088', DB_PASSWORD = 'secret' } = process.env;
  const database = await startFinopsDatabase({ port: Number(PORT_DB_WEBSERVICE), password: DB_PASSWORD });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void database.close());
  process.stdout.write(`double of the FinOps database handler at ${database.handler.url}, user system\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
