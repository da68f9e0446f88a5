import type { HeaderFields } from './http-client';

/** Clocks this far apart are told: signatures and assertions are refused from five minutes on. */
const tellFromMs = 4 * 60_000;

/**
 * That our clock is wrong, in words; `undefined` when it is not. Storage that refuses a signature because of its time says
 * "authentication failed", and nobody thinks of the node's clock.
 *
 * @param now milliseconds since the epoch, as we have them
 */
export function clockSkew(headers: HeaderFields, now: number): string | undefined {
  const date = headers['date'];
  const theirs = typeof date === 'string' ? Date.parse(date) : NaN;
  if (!(Math.abs(now - theirs) >= tellFromMs)) return undefined;
  const minutes = Math.round(Math.abs(now - theirs) / 60_000);
  return `the clock of this node is ${minutes} min ${now > theirs ? 'ahead of' : 'behind'} the server's`;
}
