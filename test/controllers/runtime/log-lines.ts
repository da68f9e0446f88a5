import { createLogger, type Logger } from '../../../controllers/runtime/log';

/** A line as the runtime logs it. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [key: string]: unknown;
}

/** A log whose lines a test can look at. */
export function logLines(): { readonly log: Logger; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) };
  return { log: createLogger({ level: 'debug', destination }), lines };
}
