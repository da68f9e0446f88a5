import { readFileSync } from 'node:fs';
import { ConfigError } from '../../definitions/config/parse-config';
import type { Environment } from '../component';
import { causeText } from '../runtime/cause-text';
import { realClock, realRandom } from '../runtime/clock';
import { redactText } from '../runtime/redaction';
import { UsageError } from '../runtime/usage-error';
import { parsePairs, type FetchPair, storageInitializerUsage } from './arguments';
import { displayUri } from './display-uri';
import { fetchUri, type FetchContext } from './fetch-uri';
import { fileFilters, switchVariable } from './general-settings';
import { HttpClient } from './http/http-client';
import { refusalWords } from './http/refusal-words';
import { initializerLog } from './log';
import { StorageError } from './storage-error';
import { specifiedEnvironment, type SpecifiedEnvironment } from './storage-spec-directory';
import { trustedAuthorities } from './trust';
import { Progress } from './transfer/progress';
import { reportProgress, summaryLine } from './transfer/progress-report';

/** Exit code of a process that SIGTERM ended. */
const terminatedExitCode = 143;
/** Characters of the last line: a termination message has 2048 bytes, and keeps the end. */
const longestLastLine = 1900;

/**
 * Runs `slipway storage-initializer`: fetches every URI into its directory, one after the other; the first failure ends it. The last line
 * of standard error says what went wrong: Kubernetes makes it the termination message, and KServe the status.
 *
 * @returns the exit code: 0 done, 1 a failure, 143 SIGTERM
 * @throws UsageError, ConfigError before anything is fetched
 */
// Imported when it is asked for, which the tool does not see.
// ts-unused-exports:disable-next-line
export async function runStorageInitializer(args: readonly string[], environment: Environment): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${storageInitializerUsage}\n`);
    return 0;
  }
  const pairs = parsePairs(args);
  // The modes of what is written are meant as they are: a model server has another uid.
  process.umask(0o022);
  const [clock, random] = [realClock, realRandom];
  const log = initializerLog((line) => process.stderr.write(line), clock);
  const stop = new AbortController();
  const onSignal = () => stop.abort(new StorageError('other', 'stopped by SIGTERM'));
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
  const http = new HttpClient({
    environment,
    clock,
    random,
    ca: trustedAuthorities(environment, log),
    connectTimeoutMs: 15_000,
    readTimeoutMs: 30_000,
    attempts: 3,
  });
  let specified: SpecifiedEnvironment | undefined;
  try {
    const filters = fileFilters(environment);
    await checkConfidential(environment);
    specified = specifiedEnvironment(environment, pairs[0]?.destination ?? '');
    const owner = { boot: bootId(), pod: environment['HOSTNAME'] ?? '' };
    const shown = pairs.map(({ uri, destination }) => `('${displayUri(uri)}', '${destination}')`).join(', ');
    log.info(`Initializing, args: (src_uri, dest_path): [${shown}]`);
    const context = { environment: specified.environment, http, clock, random, log, filters, owner };
    const began = clock.monotonic();
    for (const pair of pairs) {
      log.info(`Copying contents of ${displayUri(pair.uri)} to local`);
      await fetchAndReport(pair, context, stop.signal);
    }
    log.info(`Model downloaded in ${((clock.monotonic() - began) / 1000).toFixed(3)} seconds.`);
    return 0;
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError) throw error;
    // Without time and level: this line is what the user reads in the status of the InferenceService.
    process.stderr.write(`${refusalWords(redactText(lastWords(error)), longestLastLine)}\n`);
    return stop.signal.aborted ? terminatedExitCode : 1;
  } finally {
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
    specified?.close();
    await http.close();
  }
}

/** Fetches a pair, shows how far it is, and says at the end what it was. */
async function fetchAndReport(pair: FetchPair, context: FetchContext, signal: AbortSignal): Promise<void> {
  const { clock, log } = context;
  const progress = new Progress();
  const began = clock.monotonic();
  const output = {
    terminal: process.stderr.isTTY,
    write: (text: string) => void process.stderr.write(text),
    log: (line: string) => log.info(line),
  };
  const stopReport = reportProgress(progress, output, clock);
  const amount = await fetchUri(pair, context, progress, signal).finally(stopReport);
  if (amount === 'there already') {
    log.info(`${displayUri(pair.uri)} was fetched to ${pair.destination} before this container was started again`);
    return;
  }
  log.info(summaryLine(progress, amount, (clock.monotonic() - began) / 1000));
  log.info(`Successfully copied ${displayUri(pair.uri)} to ${pair.destination}`);
}

/** A missing resource id is told before a hundred gigabytes are fetched. @throws StorageError */
async function checkConfidential(environment: Environment): Promise<void> {
  if (!switchVariable(environment, 'CONFIDENTIAL_ENABLED')) return;
  const { confidentialSettings } = await import('./confidential/confidential-settings.js');
  confidentialSettings(environment);
}

function lastWords(error: unknown): string {
  return error instanceof StorageError
    ? `Storage initialization failed: ${error.message}`
    : `Unexpected error during storage initialization: ${causeText(error)}`;
}

/** Which run of the kernel this is; empty where the system does not say. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
