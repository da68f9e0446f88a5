/** Bytes of network buffers after which the used ones are given back. */
const collectEvery = 8 * 1024 * 1024;

let sinceCollection = 0;

/**
 * Counts bytes that came in buffers which nobody needs any more, and has them given back from time to time.
 *
 * Node reads every 64 KiB into a buffer of its own. V8 frees them with its young objects, of which a buffer has few: it waits until 64 MB
 * of buffers have come together, half of what the whole program may have. A collection of the young objects takes a millisecond.
 * Without `--expose-gc` nothing happens.
 */
export function usedNetworkBuffers(bytes: number): void {
  sinceCollection += bytes;
  if (sinceCollection < collectEvery) return;
  sinceCollection = 0;
  void globalThis.gc?.({ type: 'minor' });
}
