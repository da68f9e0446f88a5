import { startDatabaseHandler } from './handler';

/** Runs the double as a process of its own, with the original's variables, until it is stopped. */
async function main(): Promise<void> {
  const {
    PORT_DB_WEBSERVICE = '8088',
    CRATE_HOST = '127.0.0.1',
    CRATE_PORT = '4200',
    PYTHON = 'python3',
  } = process.env;
  const packages = process.env['PYTHONPATH'];
  const handler = await startDatabaseHandler({
    port: Number(PORT_DB_WEBSERVICE),
    surroundings: {
      python: PYTHON,
      database: { host: CRATE_HOST, port: Number(CRATE_PORT) },
      ...(packages === undefined ? {} : { packages }),
    },
  });
  process.stdout.write(`double of the FinOps database handler: ${handler.url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void handler.close());
}

void main();
