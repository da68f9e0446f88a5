import { pino, stdSerializers, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { consoleLines } from './console-lines';
import { redactText } from './redaction';

export type { Logger } from 'pino';

/** Least severe lines that are written. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** How the time of a line is written: seconds, milliseconds or nanoseconds since the epoch, or as text. */
export type TimeEncoding = 'epoch' | 'millis' | 'nano' | 'iso8601' | 'rfc3339' | 'rfc3339nano';

/** How a process logs. */
export interface LogOptions {
  /** @default 'info' */
  readonly level?: LogLevel;
  /** JSON for machines, one readable line for people. @default 'json' */
  readonly encoder?: 'json' | 'console';
  /** @default 'rfc3339nano' */
  readonly timeEncoding?: TimeEncoding;
  /** Least severe lines whose errors have their stack. @default 'error' */
  readonly stacktraceLevel?: LogLevel;
  /** Where lines go. @default standard error, as controller-runtime does */
  readonly destination?: DestinationStream;
}

/**
 * Makes the log of a process: one line per state change. `level`, `ts` and `msg` are named as controller-runtime's; a
 * reconcile adds `controller`, `namespace`, `name` and `reconcileID`. Secrets are taken out, whatever writes them.
 */
export function createLogger({
  level = 'info',
  encoder = 'json',
  timeEncoding = 'rfc3339nano',
  stacktraceLevel = 'error',
  destination,
}: LogOptions): Logger {
  const stacksFrom = pino.levels.values[stacktraceLevel] ?? 0;
  const out = destination ?? pino.destination({ dest: 2, sync: true });
  return pino(
    {
      level,
      base: null,
      timestamp: timestamps[timeEncoding],
      formatters: { level: (label) => ({ level: label }) },
      // What is no error any more has lost its stack on purpose, below.
      serializers: { err: (err: unknown) => (err instanceof Error ? stdSerializers.err(err) : err) },
      hooks: {
        streamWrite: redactText,
        logMethod(args, method, level) {
          const [fields] = args;
          if (level < stacksFrom && typeof fields === 'object' && fields !== null) {
            const err: unknown = Reflect.get(fields, 'err');
            if (err instanceof Error) args[0] = { ...fields, err: { type: err.name, message: err.message } };
          }
          method.apply(this, args);
        },
      },
    },
    encoder === 'console' ? consoleLines(out) : out,
  );
}

const timestamps: Record<TimeEncoding, () => string> = {
  epoch: () => `,"ts":${stdSeconds()}`,
  millis: () => `,"ts":${stdSeconds() * 1000}`,
  nano: () => `,"ts":${stdSeconds() * 1e9}`,
  iso8601: isoTime,
  rfc3339: isoTime,
  rfc3339nano: isoTime,
};

/** pino's own clock is the real one, and logs are read next to those of other processes: no injected clock here. */
function stdSeconds(): number {
  return Number(stdTimeFunctions.epochTime().slice(',"time":'.length)) / 1000;
}

/** Milliseconds are what Node's clock has; RFC 3339 allows any number of digits. */
function isoTime(): string {
  return stdTimeFunctions.isoTime().replace('"time"', '"ts"');
}
