import type { RequestOptions } from '../../../controllers/runtime/client';
import { podSurroundings } from '../../../controllers/serving/surroundings';

it.each(['secret', 'serviceAccount'] as const)(
  'what a pod needs of a %s is not read any longer once its review is over',
  async (kind) => {
    const review = new AbortController();
    const get = (_resource: unknown, _ref: unknown, { signal }: RequestOptions = {}) =>
      new Promise<never>((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('ended'))));
    const empty = { list: () => [], get: () => undefined } as never;
    const stores = { storageContainers: empty, inferenceServices: empty };
    const reading = podSurroundings({ get }, stores, review.signal)[kind]('models', 'one');
    review.abort();
    await expect(reading).rejects.toThrow('ended');
  },
  2_000,
);
