import { exitCodes } from '../../../definitions/inference/runner-report';
import { sleep, type Clock } from '../../runtime/clock';
import type { Logger } from '../../runtime/log';
import { displayUri } from '../../storage-initializer/display-uri';
import { errorCodes } from '../error-code';
import { isList, isRecord, parseJson, type JsonValue } from '../json';
import { RunnerError } from '../runner-error';
import { askModel, NoAnswer, type ModelRoute } from './model-connection';
import { refusal, serverWords } from './refusal';

/** Longest wait for one answer: an activator that starts a model holds a request for minutes, and the next look is as good. */
const lookTimeoutMs = 10_000;

/** What {@link waitUntilReady} works with. */
export interface ReadinessOptions {
  readonly route: ModelRoute;
  readonly url: string;
  /** Where the model describes itself: a server without readiness call that does so has it. */
  readonly metadataUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly waitSeconds: number;
  readonly pollSeconds: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What one look found. */
type Look =
  | { readonly state: 'ready' }
  /** The server answers, and has nothing at this address: not yet, or never. */
  | { readonly state: 'unknown'; readonly words: string }
  | { readonly state: 'not-ready'; readonly words: string };

/**
 * Waits until the model says that it is ready: models are loaded, or started from zero.
 *
 * A server that answers all the while but has no readiness call is asked anyway: the first inference will tell.
 *
 * @throws RunnerError with exit code 4 when the time is over, 7 when credentials are refused; the reason of the signal
 */
export async function waitUntilReady(options: ReadinessOptions, signal: AbortSignal): Promise<void> {
  const { clock, log, waitSeconds, pollSeconds } = options;
  const url = displayUri(options.url);
  const end = clock.monotonic() + waitSeconds * 1000;
  for (let looks = 1; ; looks += 1) {
    const look = await lookOnce(options, signal);
    if (look.state === 'ready' || (look.state === 'unknown' && (await isDescribed(options, signal)))) return;
    if (looks === 1) log.info({ url, found: look.words }, 'waiting for the model to be ready');
    const left = end - clock.monotonic();
    if (left <= 0) {
      if (look.state === 'unknown') {
        log.warn({ url, found: look.words }, 'the model does not tell whether it is ready, it is asked anyway');
        return;
      }
      const words = `the model is not ready after ${waitSeconds} s (execution.readiness.waitSeconds): GET ${url}: ${look.words}`;
      throw new RunnerError(exitCodes.inference, errorCodes.modelError, words);
    }
    await sleep(clock, Math.min(pollSeconds * 1000, left), signal);
    signal.throwIfAborted();
  }
}

async function isDescribed(options: ReadinessOptions, signal: AbortSignal): Promise<boolean> {
  const { metadataUrl } = options;
  return metadataUrl !== undefined && (await lookOnce({ ...options, url: metadataUrl }, signal)).state === 'ready';
}

async function lookOnce({ route, url, headers, clock }: ReadinessOptions, signal: AbortSignal): Promise<Look> {
  try {
    const request = { method: 'GET', url: new URL(url), headers, timeoutMs: lookTimeoutMs } as const;
    const { status, body, text } = await askModel(route, clock, request, signal);
    if (status >= 200 && status <= 299) return lookAt(body.toString('utf8'));
    const error = refusal(`GET ${displayUri(url)}`, status, text);
    if (error instanceof RunnerError) throw error;
    const said = serverWords(text);
    const words = said === '' ? `status ${status}` : `status ${status}: ${said}`;
    return { state: [404, 405, 501].includes(status) ? 'unknown' : 'not-ready', words };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    if (error.lasting)
      throw new RunnerError(exitCodes.endpoint, errorCodes.credentials, `GET ${displayUri(url)}: ${error.message}`);
    return { state: 'not-ready', words: error.message };
  }
}

/** Triton answers nothing, KServe `ready`, TensorFlow Serving the state of each version. */
function lookAt(body: string): Look {
  const said = jsonOf(body);
  if (!isRecord(said)) return { state: 'ready' };
  const { ready, model_version_status: versions } = said;
  if (ready !== undefined && ready !== true && !(typeof ready === 'string' && /^true$/i.test(ready)))
    return { state: 'not-ready', words: 'ready is false' };
  if (isList(versions) && !versions.some((version) => isRecord(version) && version['state'] === 'AVAILABLE')) {
    return { state: 'not-ready', words: 'no version is available' };
  }
  return { state: 'ready' };
}

function jsonOf(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
