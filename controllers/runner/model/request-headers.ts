import { createHash } from 'node:crypto';
import { inferenceHeaders } from '../../../definitions/names/inference';
import { version } from '../../../definitions/names/version';
import type { Random } from '../../runtime/clock';

/** Headers of the config, and those that are none. */
export interface ConfiguredHeaders {
  /** Names in lower case; of several lines of one name the last counts. */
  readonly headers: Readonly<Record<string, string>>;
  /** Positions of the lines that are no header. */
  readonly malformed: readonly number[];
}

/** Reads lines `Name: value`. What is no header is passed over, as upstream does. */
export function configuredHeaders(lines: readonly string[]): ConfiguredHeaders {
  const headers: Record<string, string> = {};
  const malformed: number[] = [];
  lines.forEach((line, position) => {
    const [, name, value] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) malformed.push(position);
    else headers[name.toLowerCase()] = value.trim();
  });
  return { headers, malformed };
}

/** What all requests to the model have; the config's headers win over those of the endpoint Secret. */
export function standingHeaders(
  endpoint: Readonly<Record<string, string>>,
  configured: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const own = { accept: 'application/json', 'user-agent': `slipway-runner/${version}` };
  const lowered = Object.entries(endpoint).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { ...own, ...Object.fromEntries(lowered), ...configured };
}

/**
 * What names one request: the same for each try of it, so that servers, proxies and traces show them as one.
 *
 * @param id request id, unique in the run's life
 */
export function requestHeaders(id: string, krateo: boolean, random: Random): Readonly<Record<string, string>> {
  const trace = createHash('sha256').update(id).digest('hex').slice(0, 32);
  return {
    [inferenceHeaders.requestId]: id,
    // Flags 00: whether the request is recorded is for whoever traces to decide; a run can have millions.
    [inferenceHeaders.traceParent]: `00-${trace}-${hex(16, random)}-00`,
    ...(krateo ? { [inferenceHeaders.krateoTrace]: hex(10, random) } : {}),
  };
}

/** Random hexadecimal digits, never all 0: the trace context forbids that. */
function hex(length: number, random: Random): string {
  const digits = Array.from({ length: length - 1 }, () => Math.floor(random.next() * 16).toString(16));
  return `${digits.join('')}1`;
}
