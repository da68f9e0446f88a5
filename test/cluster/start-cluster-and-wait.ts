import { startCluster } from './start-cluster';

/** Run as a program of its own by start-cluster.test.ts, which kills it: prints what it started and stops nothing. */
async function main(): Promise<void> {
  const { pids, directory } = await startCluster();
  console.log(JSON.stringify({ pids, directory }));
  setInterval(() => undefined, 60_000);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
