import { redactText } from '../runtime/redaction';
import type { Clock } from '../runtime/clock';

/** Where the lines of the initializer go: a pod's log, read by people next to those of KServe's initializer. */
export interface InitializerLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Lines that are written, by the least severe. */
export type InitializerLogLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

const severities: readonly InitializerLogLevel[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR'];

/**
 * Lines in the format of KServe's initializer, `YYYY-MM-DD HH:MM:SS.mmm <pid> storage.initializer <LEVEL> message`, which users search
 * for and log pipelines parse. Secrets are taken out. A message is one line, whatever an answer of a server puts into it.
 */
export function initializerLog(
  write: (line: string) => void,
  clock: Clock,
  least: InitializerLogLevel = 'INFO',
): InitializerLog {
  const line = (level: InitializerLogLevel) => (message: string) => {
    if (severities.indexOf(level) < severities.indexOf(least)) return;
    const time = new Date(clock.now()).toISOString().replace('T', ' ').replace('Z', '');
    write(redactText(`${time} ${process.pid} storage.initializer ${level} ${oneLine(message)}\n`));
  };
  return { debug: line('DEBUG'), info: line('INFO'), warn: line('WARNING'), error: line('ERROR') };
}

/** Text without line breaks and control characters. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ').trim();
}
