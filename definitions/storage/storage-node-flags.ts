/**
 * Flags of Node in the containers of the storage initializer: peak memory while 1 GiB is fetched from S3 was 190 MB without them, 134 MB
 * with them, 91 MB with one stream (docs/decisions/storage-initializer/transfer.md says how it was measured). They are arguments, since NODE_OPTIONS refuses some.
 *
 * V8 starts with a small heap and collects all of it, 12 MB, each time another 16 MB have come over the network: 60 to 70 times for 1 GiB, which
 * was half of the program's own time. With a heap that may be 32 MB from the start it did so 3 times with one stream, at the same peak.
 *
 * `--expose-gc` lets the program give back the buffers of the network, which V8 would keep until there are 64 MB of them. With
 * `--liftoff-only`, the WebAssembly compiler for quick starts alone, undici's parser of HTTP takes 10 MB less and no more time. Doing without
 * the optimizing compiler of JavaScript would double the time of ten thousand small files.
 */
export const storageNodeFlags: readonly string[] = [
  '--max-semi-space-size=1',
  '--optimize-for-size',
  '--no-maglev',
  '--single-threaded',
  '--initial-heap-size=32',
  '--expose-gc',
  '--liftoff-only',
];
