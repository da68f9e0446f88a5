import { runnerContainer } from '../../definitions/names/inference';
import { causeText } from '../runtime/cause-text';
import { redactText } from '../runtime/redaction';
import type { RunPass } from './run-pass';

/** Most characters that a status keeps of a log, and lines that are asked for. */
const longestTail = 2048;
const tailLines = 40;
/** Milliseconds for the log: a node that does not answer must not hold the status up. */
const logTimeoutMs = 5_000;

/**
 * The end of the log of a runner that failed, with what looks like a secret taken out.
 *
 * @returns undefined when it can't be had: the pod is gone, the node does not answer
 */
export async function logTailOf({ run, client, context }: RunPass, podName: string): Promise<string | undefined> {
  const ref = { namespace: run.metadata.namespace ?? '', name: podName };
  try {
    const text = await client.podLog(ref, {
      container: runnerContainer,
      tailLines,
      timeoutMs: logTimeoutMs,
      signal: context.signal,
    });
    const tail = redactText(text.trimEnd());
    return tail === '' ? undefined : tail.slice(-longestTail);
  } catch (error) {
    context.signal.throwIfAborted();
    context.log.debug({ pod: podName, cause: causeText(error) }, 'log of a failed runner not read');
    return undefined;
  }
}
