import type { Logger } from './log';

/**
 * Turns SIGTERM and SIGINT into an abort; the second one ends the process at once with exit code 1.
 *
 * @returns the signal for `Manager.run`, and a function that takes the handlers away
 */
export function stopOnSignals(log: Logger): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) {
      log.warn({ signal: name }, 'second signal, ending at once');
      process.exit(1);
    }
    log.info({ signal: name }, 'stopping');
    stop.abort();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return {
    signal: stop.signal,
    dispose: () => {
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
    },
  };
}
