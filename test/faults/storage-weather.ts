import type { FaultProxy, ProxiedRequest } from './fault-proxy';

/** How bad the way to a storage is. */
export interface StorageWeather {
  /** Chance of each kind of fault, for each request. */
  readonly probability: number;
  /** Requests that can meet one. */
  readonly matches: (request: ProxiedRequest) => boolean;
  /** Bytes of an answer after which it breaks off: a number for each fault. */
  readonly afterBytes: () => number;
}

/**
 * Everything that happens to answers on their way: resets at once and in the middle, 503 with and without `Retry-After`, bodies that end too
 * early, connections that go silent, lengths that are wrong in both directions. Each with the same chance.
 *
 * @returns what ends it
 */
export function storm(proxy: FaultProxy, { probability, matches, afterBytes }: StorageWeather): () => void {
  const slowDown = '<Error><Code>SlowDown</Code><Message>Reduce your request rate</Message></Error>';
  const rules = [
    proxy.inject({ matches, probability, fault: { kind: 'cut' } }),
    proxy.inject({ matches, probability, fault: { kind: 'status', status: 503, body: slowDown } }),
    proxy.inject({
      matches,
      probability: probability / 2,
      fault: { kind: 'status', status: 503, headers: { 'retry-after': '1' }, body: slowDown },
    }),
    proxy.inject({ matches, probability, fault: { kind: 'content-length', by: 1000 } }),
    proxy.inject({ matches, probability, fault: { kind: 'content-length', by: -1000 } }),
    ...['cut', 'short', 'stall'].map((kind) => {
      const bytes = afterBytes();
      return proxy.inject({
        matches,
        probability,
        fault:
          kind === 'short' ? { kind: 'short', bytes } : { kind: kind === 'cut' ? 'cut' : 'stall', afterBytes: bytes },
      });
    }),
  ];
  return () => rules.forEach((end) => end());
}
