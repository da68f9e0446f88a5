import { version } from '../../definitions/names/version';
import type { Environment } from '../component';
import { ApiConnection } from '../runtime/api-connection';
import { realClock, realRandom } from '../runtime/clock';
import { loadClusterConfig } from '../runtime/cluster-config';
import { withDeadline } from '../runtime/deadline';
import { createLogger } from '../runtime/log';
import { createMetrics } from '../runtime/metrics';
import { stopOnSignals } from '../runtime/signals';
import { generateSecretHelp, parseGenerateSecretFlags } from './flags';
import { generateSecret } from './generate';

/**
 * Runs `slipway generate-secret`.
 *
 * @returns the exit code of the process
 * @throws UsageError before anything is asked of the API server; Error when the Secret could not get its keys in time
 */
export async function runGenerateSecret(args: readonly string[], environment: Environment): Promise<number> {
  if (args.some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(generateSecretHelp);
    return 0;
  }
  const { secret, timeoutSeconds, kubeconfig } = parseGenerateSecretFlags(args);
  const log = createLogger({});
  const clock = realClock;
  const config = await loadClusterConfig({
    env: environment,
    clock,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  });
  const metrics = createMetrics({ process: false });
  const connection = new ApiConnection({ config, clock, metrics, userAgent: `slipway/${version}` });
  const stop = stopOnSignals(log);
  try {
    await withDeadline(clock, timeoutSeconds * 1000, stop.signal, (signal) =>
      generateSecret(secret, { connection, clock, random: realRandom, log, signal }),
    );
    return 0;
  } catch (error) {
    const { namespace, name } = secret;
    log.error({ namespace, name, err: error }, 'no Secret was generated');
    return 1;
  } finally {
    stop.dispose();
    await connection.close();
  }
}
