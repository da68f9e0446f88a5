import type { KubernetesObject } from '../../definitions/kubernetes/api-resource';
import { jsonLines } from './json-lines';
import { parseWatchEvent, type WatchEvent } from './watch-event';

/** The events in the bytes of a watch; `onBytes` is called for all that arrives, also for a part of an event. */
export async function* watchEvents<T extends KubernetesObject>(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: () => void = () => undefined,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  for await (const line of jsonLines(heard(bytes, onBytes))) yield parseWatchEvent<T>(line);
}

async function* heard(bytes: AsyncIterable<Uint8Array>, onBytes: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    onBytes();
    yield chunk;
  }
}
