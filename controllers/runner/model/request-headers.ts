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

/** Names of the requests of a run, the same for each try of a request, so that servers, proxies and traces show them as one. */
export class RequestNames {
  /** First half of the trace ids of the run. */
  private readonly trace: string;

  constructor(
    private readonly executionId: string,
    private readonly krateo: boolean,
    private readonly random: Random,
  ) {
    this.trace = createHash('sha256').update(executionId).digest('hex').slice(0, 16);
  }

  /** Id of the request about the items from first to last. */
  id(first: number, last: number): string {
    return `${this.executionId}:${first}-${last}`;
  }

  headers(first: number, last: number): Readonly<Record<string, string>> {
    const trace = `${this.trace}${first.toString(16).padStart(16, '0')}`;
    // Flags 00: whether the request is recorded is for whoever traces to decide; a run can have millions.
    const parent = `00-${trace}-${this.digits()}${this.digits()}-00`;
    return {
      [inferenceHeaders.requestId]: this.id(first, last),
      [inferenceHeaders.traceParent]: parent,
      ...(this.krateo ? { [inferenceHeaders.krateoTrace]: this.digits() } : {}),
    };
  }

  /** Eight hexadecimal digits, never all 0: the trace context forbids that. */
  private digits(): string {
    return Math.ceil((1 - this.random.next()) * 0xffffffff)
      .toString(16)
      .padStart(8, '0');
  }
}
