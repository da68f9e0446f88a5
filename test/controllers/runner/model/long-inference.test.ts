import { Agent } from 'undici';
import { createModelClient } from '../../../../controllers/runner/model/model-client-of';
import { startModelServer } from '../../../doubles/model-server/model-server';
import { settled } from '../../runtime/manual-clock';
import { itemsOf, workOf } from './work-of';

const never = new AbortController().signal;

// A file of its own: undici keeps the timer that it has once started, and must never have seen a real one.
describe('an inference that takes 400 s', () => {
  it('is waited for, where the defaults of undici would cut it off (AT-35)', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance', 'hrtime', 'Date'] });
    const server = await startModelServer();
    const agent = new Agent();
    const path = '/v2/models/sklearn-iris/infer';
    const client = createModelClient(workOf({ modelUrl: `${server.url}${path}` }));
    try {
      await client.prepare(never);
      server.inject({ kind: 'slow', ms: 400_000 }, { kind: 'slow', ms: 400_000 });
      const body = '{"inputs":[{"name":"input-0","shape":[1,4],"datatype":"FP32","data":[5.1,3.5,1.4,0.2]}]}';
      const plain = agent.request({ origin: server.url, path, method: 'POST', body }).then(
        () => 'answered',
        (error: Error) => error.name,
      );
      const patient = client.infer(itemsOf([[5.1, 3.5, 1.4, 0.2]]), never);
      while (server.calls.length < 2) await settled();
      await jest.advanceTimersByTimeAsync(401_000);
      expect(await plain).toBe('HeadersTimeoutError');
      expect(await patient).toEqual([{ predictions: 0 }]);
      expect(client.statistics.retries).toBe(0);
    } finally {
      jest.useRealTimers();
      await client.close();
      await agent.destroy();
      await server.close();
    }
  });
});
