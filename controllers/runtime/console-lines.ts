import type { DestinationStream } from 'pino';

/** Turns JSON log lines into lines for people: time, level, message and the rest as JSON, separated by tabs. */
export function consoleLines(out: DestinationStream): DestinationStream {
  return { write: (line) => out.write(consoleLine(line)) };
}

function consoleLine(line: string): string {
  const fields = new Map<string, unknown>(Object.entries(JSON.parse(line) as object));
  const [time, level, message] = ['ts', 'level', 'msg'].map((name) => {
    const value = fields.get(name);
    fields.delete(name);
    return typeof value === 'string' ? value : JSON.stringify(value ?? '');
  });
  const rest = fields.size === 0 ? '' : `\t${JSON.stringify(Object.fromEntries(fields))}`;
  return `${time}\t${level?.toUpperCase()}\t${message}${rest}\n`;
}
